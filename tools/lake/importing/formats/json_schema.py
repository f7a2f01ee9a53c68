"""JSON Schemas of the objects that a source sends, https://json-schema.org."""

from pathlib import Path
from typing import Any

from tools.lake.importing.described import Described, Json, refusal
from tools.lake.importing.formats.forms import check_json_schema

_TYPES = {"string": "string", "integer": "integer", "number": "number", "boolean": "boolean"}
_FORMATS = {"date": ("date", "date"), "date-time": ("timestamp", "timestamptz")}
"""Formats of texts that are types of the lake; RFC 3339 has a zone in every time."""

_OPTIONS = {"string": ("minLength", "maxLength", "pattern"),
            "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
            "array": ("minItems", "maxItems")}  # fmt: skip
_STRING = {"logicalType": "string", "physicalType": "string"}

_DEPTH = 12
"""References inside each other; more is a type that holds itself."""

_KEPT = {"type", "description", "title", "enum", "const", "format", "properties", "required", "items",
         "contentEncoding", "examples", "default", "$ref", "anyOf", "oneOf", "additionalProperties",
         "$id", "$schema", "$defs", "definitions", "$comment", "nullable", "deprecated",
         *(name for names in _OPTIONS.values() for name in names)}  # fmt: skip


def read_json_schema(content: Json, where: str) -> list[Described]:
    """Return the one table whose records are the objects of a schema, or the elements of its list.

    Raises:
        InvalidInputError: It is no JSON Schema, or describes no object.
    """
    check_json_schema(content, where)
    reading = _Reading(content)
    node = reading.plain(content, 0)
    if node.get("type") == "array":
        node = reading.plain(node.get("items"), 0)
    if not isinstance(node.get("properties"), dict):
        fix = "name a schema of the records"
        raise refusal(where, "type", node.get("type", "nothing"), "an object with properties", fix)
    name = str(content.get("title") or Path(where).name.partition(".")[0])
    table = {"name": name, "properties": reading.members(node, 0, "")}
    if node.get("description"):
        table["description"] = node["description"]
    return [Described(where, {}, table, columns=tuple(reading.checks), omitted=tuple(reading.omitted))]


class _Reading:
    """Reads one document; what is to be looked at is noted."""

    def __init__(self, root: Json) -> None:
        self._root = root
        self.checks: list[tuple[str, str]] = []
        self.omitted: list[str] = []

    def members(self, node: Json, depth: int, column: str) -> list[Json]:
        """Return the members of an object as properties; `column` is the one that they are inside of."""
        required = node.get("required", [])
        found = []
        for name, inner in node["properties"].items():
            place = column or name
            part = {"name": name, **self._part(inner, depth + 1, place, top=not column)}
            if name in required:
                part["required"] = True
                if self._is_nullable(inner):
                    del part["required"]
                    self.checks.append((place, f"{name} is always there and may be null, so not required"))
            found.append(part)
        return found

    def plain(self, node: Any, depth: int) -> Json:
        """Return a schema with what it refers to, without the choice of null."""
        if not isinstance(node, dict):
            return {}
        if "$ref" in node and depth < _DEPTH:
            rest = {key: value for key, value in node.items() if key != "$ref"}
            return {**self.plain(self._target(str(node["$ref"])), depth + 1), **rest}
        for key in ("anyOf", "oneOf"):
            choices = [each for each in node.get(key, []) if _type(each) != "null"]
            if len(choices) == 1:
                rest = {name: value for name, value in node.items() if name != key}
                return {**self.plain(choices[0], depth + 1), **rest}
        kinds = node.get("type")
        if isinstance(kinds, list):
            kinds = [each for each in kinds if each != "null"]
            return {**node, "type": kinds[0] if len(kinds) == 1 else kinds}
        return node

    def _target(self, reference: str) -> Any:
        node: Any = self._root
        for step in reference.removeprefix("#").strip("/").split("/"):
            key = step.replace("~1", "/").replace("~0", "~")
            node = node.get(key) if isinstance(node, dict) else None
        return node

    def _is_nullable(self, node: Any) -> bool:
        if not isinstance(node, dict):
            return False
        choices = [_type(each) for key in ("anyOf", "oneOf") for each in node.get(key, [])]
        kinds = node.get("type")
        return (
            "null" in choices or (isinstance(kinds, list) and "null" in kinds) or bool(node.get("nullable"))
        )

    def _part(self, node: Any, depth: int, place: str, *, top: bool) -> Json:
        given = self.plain(node, depth)
        part = self._kind(given, depth, place)
        if given.get("description"):
            part["description"] = given["description"]
        if not top:
            return part
        kind = part["logicalType"]
        names = _OPTIONS.get("number" if kind == "integer" else kind, ())
        options = {name: given[name] for name in names if name in given}
        if options:
            part["logicalTypeOptions"] = options
        values = [given["const"]] if "const" in given else given.get("enum")
        if values and kind == "string":
            part["enum"] = [{"value": each} for each in values if each is not None]
        elif values:
            self.omitted.append(f"{place}.enum: {values}; allowed: values of texts")
        if isinstance(given.get("examples"), list):
            part["examples"] = given["examples"]
        self.omitted += [f"{place}.{key}: no job enforces it" for key in given if key not in _KEPT]
        return part

    def _kind(self, node: Json, depth: int, place: str) -> Json:
        kind = node.get("type") or ("object" if "properties" in node else None)
        if kind is None and all(isinstance(each, str) for each in node.get("enum", [1])):
            kind = "string"
        if kind == "string":
            return _text(node)
        if kind in _TYPES:
            return {"logicalType": _TYPES[str(kind)]}
        nested = self._nested(kind, node, depth + 1, place) if depth < _DEPTH else None
        if nested is None:
            self.checks.append((place, f"{_told(kind, node)}; kept as its JSON text"))
        return nested or dict(_STRING)

    def _nested(self, kind: Any, node: Json, depth: int, place: str) -> Json | None:
        if kind == "array" and isinstance(node.get("items"), dict):
            return {"logicalType": "array", "items": self._part(node["items"], depth, place, top=False)}
        if kind == "object" and node.get("properties"):
            return {"logicalType": "object", "properties": self.members(node, depth, place)}
        values = node.get("additionalProperties")
        if kind == "object" and isinstance(values, dict) and values:
            inner = self._part(values, depth, place, top=False)
            return {"logicalType": "map", "map": {"key": dict(_STRING), "value": inner}}
        return None


def _type(node: Any) -> Any:
    return node.get("type") if isinstance(node, dict) else None


def _text(node: Json) -> Json:
    if node.get("contentEncoding") == "base64":
        return {"logicalType": "string", "physicalType": "binary"}
    logical, physical = _FORMATS.get(str(node.get("format")), ("string", "string"))
    return {"logicalType": logical, "physicalType": physical}


def _told(kind: Any, node: Json) -> str:
    if isinstance(kind, list):
        return f"values of several types ({', '.join(map(str, kind))})"
    several = next((key for key in ("anyOf", "oneOf", "allOf") if key in node), None)
    if several:
        return f"values of several schemas ({several})"
    return f"what is in the {kind} is not said" if kind else "no type is said"
