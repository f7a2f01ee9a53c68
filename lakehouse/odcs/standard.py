"""Checks a document against the JSON Schema that the standard publishes."""

import json
from copy import deepcopy
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any, cast

from jsonschema import Draft201909Validator, ValidationError
from jsonschema.exceptions import best_match

from config.document import KeyPath
from config.faults import nearest, one_of
from lakehouse.odcs.closed_schema import closed
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.shape import Contract


def conforming(findings: Findings) -> Contract | None:
    """Note every breach of the schema and return what is left without the values at fault.

    Unknown keys are noted and stay. A key that is missing is noted, and stood in for, so that it hides no
    fault of the others. None means that too little is left to go on.
    """
    written = findings.document.data
    errors = list(_validator().iter_errors(written))
    if not errors:
        return cast("Contract", written)
    data = deepcopy(written)
    for error in errors:
        _note(error, findings)
    for error in errors:
        if error.validator not in ("additionalProperties", "required"):
            _drop(data, list(error.absolute_path))
    for error in errors:
        _complete(data, best_match([error]), findings.document.where)
    if any(error.validator != "additionalProperties" for error in _validator().iter_errors(data)):
        return None
    return cast("Contract", data)


_STAND_INS: dict[str, object] = {
    "apiVersion": "v3.2.0",
    "kind": "DataContract",
    "version": "1.0.0",
    "property": "nothing",
    "value": None,
}
"""What stands in for keys that are missing, and breaks no rule."""

_DISPENSABLE = ("quality", "relationships", "servers", "slaProperties", "roles", "support", "enum")
"""Lists without which the rest can be read, where nothing could stand in for what is missing in them."""


@cache
def _validator() -> Draft201909Validator:
    schema = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text("utf-8"))
    return Draft201909Validator(closed(schema))


def _note(error: ValidationError, findings: Findings) -> None:
    leaf = best_match([error])
    path, value, rule = tuple(leaf.absolute_path), leaf.instance, leaf.validator_value
    match leaf.validator:
        case "additionalProperties":
            known = leaf.schema["properties"]
            for key in (str(key) for key in value if key not in known):
                findings.add((*path, key), key, one_of(known), nearest(key, known))
        case "required":
            _note_missing(path, [key for key in rule if key not in value], findings)
        case "enum":
            findings.add(path, value, one_of(map(str, rule)), nearest(value, map(str, rule)))
        case "oneOf" if keys := [key for choice in rule for key in choice.get("required", ())]:
            got = ", ".join(key for key in keys if key in value) or "nothing"
            findings.add(path, got, f"one of {one_of(keys)}", "write one of them")
        case "uniqueItems":
            _note_repeated(path, value, findings)
        case "type":
            findings.add(path, value, f"a value of type {rule}", "change the value")
        case _:
            findings.add(path, value, f"{leaf.validator} {rule}", "see the schema of the standard")


def _note_missing(path: KeyPath, keys: list[str], findings: Findings) -> None:
    for key in keys:
        findings.add((*path, key), "nothing", f"a value for {key}", "add the key")


def _note_repeated(path: KeyPath, values: list[Any], findings: Findings) -> None:
    if any(isinstance(value, bool) for value in values):
        allowed = "texts: YAML takes yes, no, on and off for true and false"
        findings.add(path, values, allowed, "write each value in quotes")
    else:
        findings.add(path, values, "each value once", "remove the repeated one")


def _complete(data: Any, error: ValidationError, where: str) -> None:
    """Put something in place of keys that are missing, or take out the list that they are about."""
    path, rule = list(error.absolute_path), error.validator_value
    if error.validator != "required" or not isinstance(rule, list):
        return
    lists = [at for at, step in enumerate(path) if step in _DISPENSABLE]
    if lists:
        _drop(data, path[: lists[0] + 1])
        return
    holder = data
    for step in path:
        holder = holder[step]
    stand_ins = {**_STAND_INS, "id": where, "name": _name_for(path, where)}
    for key in rule:
        if key not in holder and key in stand_ins:
            holder[key] = stand_ins[key]


def _name_for(path: list[str | int], where: str) -> str:
    """Return a name that no other has: of the table that of its file, of a column that of its place."""
    of_table = path[:-1] == ["schema"] or not path
    return PurePosixPath(where).name.partition(".")[0] if of_table else f"unnamed_{path[-1]}"


def _drop(data: Any, path: list[str | int]) -> None:
    """Remove the value at the path; list items stay, so that the others keep their positions."""
    *parents, last = path
    for part in parents:
        if isinstance(data, dict) and part not in data:
            return
        data = data[part]
    if isinstance(data, dict):
        data.pop(last, None)
