"""Avro schemas, https://avro.apache.org/docs/1.12.0/specification."""

from typing import Any

from tools.lake.importing.described import Described, Json
from tools.lake.importing.formats.forms import AVRO, check_form

_PRIMITIVES: dict[str, tuple[str, str]] = {
    "boolean": ("boolean", "boolean"), "int": ("integer", "int4"), "long": ("integer", "bigint"),
    "float": ("number", "double"), "double": ("number", "double"), "bytes": ("string", "binary"),
    "fixed": ("string", "binary"), "string": ("string", "string"), "enum": ("string", "string"),
}  # fmt: skip

_LOGICAL: dict[str, tuple[str, str]] = {
    "date": ("date", "date"), "uuid": ("string", "string"),
    "timestamp-millis": ("timestamp", "timestamptz"), "timestamp-micros": ("timestamp", "timestamptz"),
    "timestamp-nanos": ("timestamp", "timestamptz"),
    "local-timestamp-millis": ("timestamp", "timestamp_ntz"),
    "local-timestamp-micros": ("timestamp", "timestamp_ntz"),
    "local-timestamp-nanos": ("timestamp", "timestamp_ntz"),
}  # fmt: skip

_ENCODED = "Avro has it as a number; jobs read ISO 8601, or with a `format` epoch_millis and epoch_second"
_NOT_READ = "jobs read no Avro: have the source write JSON lines or Parquet"


def read_avro(content: Any, where: str) -> list[Described]:
    """Return the table of a record; of a list of schemas, of its last record, which the others are for.

    Raises:
        InvalidInputError: It is no Avro schema.
    """
    check_form(content, AVRO, where)
    schemas = content if isinstance(content, list) else [content]
    records = [each for each in schemas if isinstance(each, dict) and each.get("type") == "record"]
    known: Json = {}
    for each in records:
        _define(each, str(each.get("namespace", "")), known)
    root = records[-1]
    reading = _Reading(known)
    table = {"name": str(root.get("name", "")).rpartition(".")[2], "properties": reading.fields(root, "", ())}
    if root.get("doc"):
        table["description"] = root["doc"]
    return [Described(where, {}, table, checks=(_NOT_READ,), columns=tuple(reading.checks))]


def _define(node: Any, namespace: str, known: Json) -> None:
    """Note the types that have names, wherever they are defined."""
    if isinstance(node, list):
        for each in node:
            _define(each, namespace, known)
    if not isinstance(node, dict):
        return
    if node.get("type") in ("record", "enum", "fixed", "error") and "name" in node:
        namespace = str(node.get("namespace", namespace))
        known[node["name"]] = known[f"{namespace}.{node['name']}"] = node
    for key in ("fields", "items", "values", "type"):
        _define(node.get(key), namespace, known)


class _Reading:
    def __init__(self, known: Json) -> None:
        self._known = known
        self.checks: list[tuple[str, str]] = []

    def fields(self, record: Json, column: str, inside: tuple[str, ...]) -> list[Json]:
        """Return the fields of a record; `inside` are the names of the records around it."""
        inside = (*inside, str(record.get("name")))
        found = []
        for each in record.get("fields", []):
            place = column or each.get("name", "")
            part, nullable = self._part(each.get("type"), place, inside, top=not column)
            named = {"name": each.get("name"), **part}
            if each.get("doc"):
                named["description"] = each["doc"]
            if not nullable:
                named["required"] = True
            found.append(named)
        return found

    def _part(
        self, kind: Any, place: str, inside: tuple[str, ...], *, top: bool = False
    ) -> tuple[Json, bool]:
        """Return a type, and whether it may be null."""
        if isinstance(kind, list):
            choices = [each for each in kind if each != "null"]
            if len(choices) == 1:
                return self._part(choices[0], place, inside, top=top)[0], len(choices) < len(kind)
            return self._text(place, "a union of several types"), "null" in kind
        if isinstance(kind, str):
            kind = self._known.get(kind, {"type": kind})
        if not isinstance(kind, dict):
            return self._text(place, "no type is said"), False
        if isinstance(kind.get("type"), dict | list):
            return self._part(kind["type"], place, inside, top=top)
        return self._named(kind, place, inside, top=top), kind.get("type") == "null"

    def _named(self, kind: Json, place: str, inside: tuple[str, ...], *, top: bool) -> Json:
        name, logical = str(kind.get("type")), kind.get("logicalType")
        if logical == "decimal":
            digits = f"decimal({kind.get('precision')}, {kind.get('scale', 0)})"
            return {"logicalType": "number", "physicalType": digits}
        if logical in _LOGICAL:
            self.checks += [(place, _ENCODED)] if logical != "uuid" else []
            return dict(zip(("logicalType", "physicalType"), _LOGICAL[logical], strict=True))
        if name in ("record", "array", "map"):
            return self._nested(name, kind, place, inside)
        if name not in _PRIMITIVES:
            known = name in self._known
            return (
                self._part(name, place, inside)[0] if known else self._text(place, f"{name} is not defined")
            )
        part: Json = dict(zip(("logicalType", "physicalType"), _PRIMITIVES[name], strict=True))
        if name == "enum" and top:
            part["enum"] = [{"value": each} for each in kind.get("symbols", [])]
        return part

    def _nested(self, name: str, kind: Json, place: str, inside: tuple[str, ...]) -> Json:
        if name == "record":
            if kind.get("name") in inside:
                return self._text(place, f"{kind.get('name')} holds itself")
            return {"logicalType": "object", "properties": self.fields(kind, place, inside)}
        if name == "array":
            return {"logicalType": "array", "items": self._part(kind.get("items"), place, inside)[0]}
        key = {"logicalType": "string", "physicalType": "string"}
        value = self._part(kind.get("values"), place, inside)[0]
        return {"logicalType": "map", "map": {"key": key, "value": value}}

    def _text(self, place: str, why: str) -> Json:
        self.checks.append((place, f"{why}; kept as its JSON text"))
        return {"logicalType": "string", "physicalType": "string"}
