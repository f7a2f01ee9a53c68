"""Closes a JSON Schema: says at each object which keys there may be.

Where a schema has `unevaluatedProperties: false`, these are worked out for each value. In the schema of the
standard they are known beforehand. Working them out takes jsonschema three times as long, and one wrong value
makes it call its neighbours unknown.
"""

from typing import Any

_APPLICATORS = ("allOf", "anyOf", "oneOf")


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """Replace `unevaluatedProperties: false` by the closed list of keys that it stands for.

    A condition then holds only if the key that it tests is there, as the text of the standard means it.
    """
    whole: dict[str, Any] = _closed(schema, schema)
    return whole


def _closed(node: Any, root: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_closed(item, root) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: _closed(value, root) for key, value in node.items() if key != "unevaluatedProperties"}
    if node.get("unevaluatedProperties") is False:
        found["properties"] = dict.fromkeys(_keys(node, root), True) | found.get("properties", {})
        found["additionalProperties"] = False
    if "if" in found:
        found["if"] = _present(found["if"])
    return found


def _present(condition: dict[str, Any]) -> dict[str, Any]:
    parts = {"anyOf": [_present(part) for part in condition["anyOf"]]} if "anyOf" in condition else {}
    return {**condition, "required": [*condition.get("properties", {})], **parts}


def _keys(schema: dict[str, Any], root: dict[str, Any]) -> list[str]:
    """Return the keys that a schema describes, by itself or through others that apply to the same value."""
    parts = [part for name in _APPLICATORS for part in schema.get(name, [])]
    parts += [schema[name] for name in ("if", "then", "else") if name in schema]
    if "$ref" in schema:
        target: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        parts.append(target)
    return [*schema.get("properties", {}), *(key for part in parts for key in _keys(part, root))]
