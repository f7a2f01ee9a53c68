"""Checks a document against the JSON Schema that the standard publishes."""

import json
from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Any, cast

from jsonschema import Draft201909Validator, ValidationError
from jsonschema.exceptions import best_match

from config.document import KeyPath
from config.faults import nearest, one_of
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.shape import Contract

_APPLICATORS = ("allOf", "anyOf", "oneOf")


def conforming(findings: Findings) -> Contract | None:
    """Note every breach of the schema and return what is left without the values at fault.

    None means that too little is left to go on. Unknown keys are noted and stay.
    """
    data = deepcopy(findings.document.data)
    errors = list(_validator().iter_errors(data))
    for error in errors:
        _note(error, findings)
    for error in errors:
        if error.validator not in ("additionalProperties", "required"):
            _drop(data, list(error.absolute_path))
    if errors and any(error.validator != "additionalProperties" for error in _validator().iter_errors(data)):
        return None
    return cast("Contract", data)


@cache
def _validator() -> Draft201909Validator:
    schema = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text("utf-8"))
    return Draft201909Validator(_closed(schema, schema))


def _closed(node: Any, root: dict[str, Any]) -> Any:
    """Replace `unevaluatedProperties` by the closed list of keys that it stands for.

    The keys are known beforehand in this schema. Working them out for each value takes jsonschema three
    times as long, and one wrong value makes it call its neighbours unknown.
    """
    if isinstance(node, list):
        return [_closed(item, root) for item in node]
    if not isinstance(node, dict):
        return node
    closed = {key: _closed(value, root) for key, value in node.items() if key != "unevaluatedProperties"}
    if node.get("unevaluatedProperties") is False:
        closed["properties"] = dict.fromkeys(sorted(_keys(node, root)), True) | closed.get("properties", {})
        closed["additionalProperties"] = False
    if "if" in closed:
        closed["if"] = _present(closed["if"])
    return closed


def _present(condition: dict[str, Any]) -> dict[str, Any]:
    """Let a condition hold only if the key that it tests is there, as the standard's text means it."""
    parts = {"anyOf": [_present(part) for part in condition["anyOf"]]} if "anyOf" in condition else {}
    return {**condition, "required": sorted(condition.get("properties", {})), **parts}


def _keys(schema: dict[str, Any], root: dict[str, Any]) -> set[str]:
    """Return the keys that a schema describes, by itself or through others that apply to the same value."""
    keys = set(schema.get("properties", {}))
    parts = [part for name in _APPLICATORS for part in schema.get(name, [])]
    parts += [schema[name] for name in ("if", "then", "else") if name in schema]
    if "$ref" in schema:
        target: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        parts.append(target)
    return keys.union(*(_keys(part, root) for part in parts))


def _note(error: ValidationError, findings: Findings) -> None:
    leaf = best_match([error])
    path, value, rule = tuple(leaf.absolute_path), leaf.instance, leaf.validator_value
    match leaf.validator:
        case "additionalProperties":
            known = leaf.schema["properties"]
            for key in sorted(map(str, value.keys() - known.keys())):
                findings.add((*path, key), key, one_of(known), nearest(key, known))
        case "required":
            for key in sorted(set(rule) - set(value)):
                findings.add((*path, key), "nothing", f"a value for {key}", "add the key")
        case "enum":
            findings.add(path, value, one_of(map(str, rule)), nearest(value, map(str, rule)))
        case "uniqueItems":
            _note_repeated(path, value, findings)
        case "type":
            findings.add(path, value, f"a value of type {rule}", "change the value")
        case _:
            findings.add(path, value, f"{leaf.validator} {rule}", "see the schema of the standard")


def _note_repeated(path: KeyPath, values: list[Any], findings: Findings) -> None:
    if any(isinstance(value, bool) for value in values):
        allowed = "texts: YAML takes yes, no, on and off for true and false"
        findings.add(path, values, allowed, "write each value in quotes")
    else:
        findings.add(path, values, "each value once", "remove the repeated one")


def _drop(data: Any, path: list[str | int]) -> None:
    """Remove the value at the path; list items stay, so that the others keep their positions."""
    *parents, last = path or [""]
    for part in parents:
        if isinstance(data, dict) and part not in data:
            return
        data = data[part]
    if isinstance(data, dict):
        data.pop(last, None)
