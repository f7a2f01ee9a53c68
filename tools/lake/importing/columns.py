"""Properties of another contract as columns of the lake: names, types, descriptions, classification."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lakehouse_etl.personal.names import kind_of

from lakehouse.model.fields import CLASSIFICATIONS, Scalar, Type
from lakehouse.model.masking import Method
from lakehouse.odcs.column.columns import COMMENT_MAX
from tools.lake.drafts.names import column_names
from tools.lake.drafts.yaml_types import type_keys
from tools.lake.importing.described import Json, Noted
from tools.lake.importing.logical_types import is_nested, resolved

_TYPE_KEYS = ("name", "physicalName", "logicalType", "physicalType", "properties", "items", "map")
_OTHER_KEYS = ("primaryKey", "primaryKeyPosition", "partitioned", "partitionKeyPosition")
_DESCRIPTION = "description"


@dataclass(frozen=True)
class Columns:
    """Adopts the columns of one table."""

    table: str
    """Its name, for descriptions that are missing."""
    dialect: str | None
    """SQL of the system that physical types are of."""
    noted: Noted

    def adopted(self, parts: Sequence[Json]) -> list[Json]:
        """Return the properties of columns, without what keys and partitions say of them."""
        names = column_names([part["name"] for part in parts])
        return [self._column(part, name) for part, name in zip(parts, names, strict=True)]

    def _column(self, part: Json, name: str) -> Json:
        kind, keys = self._typed(part, part["name"])
        column = {**_named(part, name), **keys, _DESCRIPTION: self._described(part, name)}
        column |= {key: value for key, value in part.items() if key not in (*_TYPE_KEYS, *_OTHER_KEYS)}
        column[_DESCRIPTION] = self._described(part, name)
        customs = list(part.get("customProperties", []))
        if column[_DESCRIPTION] != _line(part) and _line(part):
            customs.append({"property": _DESCRIPTION, "value": part[_DESCRIPTION]})
            self.noted.check(
                part["name"], f"its description is cut to {COMMENT_MAX} bytes; all of it follows"
            )
        customs += self._protected(part, column, name, kind)
        if customs:
            column["customProperties"] = customs
        return column

    def _described(self, part: Json, name: str) -> str:
        text = _line(part)
        if not text:
            return f"{name[:100]} of {self.table[:100]}; a draft, describe it."
        if len(text.encode()) <= COMMENT_MAX:
            return text
        return text.encode()[: COMMENT_MAX - 3].decode(errors="ignore").rstrip() + "…"

    def _protected(self, part: Json, column: Json, name: str, kind: Type) -> list[Json]:
        """Classify a column, and return how it is masked if nobody has said that it is not personal."""
        given = part.get("classification")
        if given is not None:
            column["classification"] = self._class_of(part["name"], str(given))
            return []
        names = [name, *_members(column)] if kind is not Scalar.BOOLEAN else []
        what = next(filter(None, map(kind_of, names)), None)
        column["classification"] = "confidential" if what else "internal"
        customs = part.get("customProperties", [])
        if what is None or any(each.get("property") == "lake.masking" for each in customs):
            return []
        masking = Method.HASH if kind is Scalar.STRING else Method.REDACT
        if part.get("quality") or (part.get("primaryKey") and masking is Method.REDACT):
            self.noted.check(part["name"], f"most likely {what}, and not masked; is it personal?")
            return []
        silver = "a keyed hash" if masking is Method.HASH else "null"
        self.noted.check(part["name"], f"most likely {what}, so silver gets {silver}; is it personal?")
        return [{"property": "lake.masking", "value": masking.value}]

    def _class_of(self, source: str, given: str) -> str:
        if given.strip().lower() in CLASSIFICATIONS:
            return given.strip().lower()
        told = f"classification {given!r} is none of {', '.join(CLASSIFICATIONS)}: taken as the strictest"
        self.noted.check(source, told)
        return CLASSIFICATIONS[-1]

    def _typed(self, part: Json, place: str) -> tuple[Type, Json]:
        """Return the type of a property, and the keys that tell it."""
        if part.get("properties"):
            return Scalar.BINARY, self._struct(part, place)  # any type that is no text
        if isinstance(part.get("items"), dict):
            keys = {"logicalType": "array", "physicalType": "list"}
            return Scalar.BINARY, {**keys, "items": self._inner(part["items"], f"{place}[]")}
        if isinstance(part.get("map"), dict) and {"key", "value"} <= part["map"].keys():
            inner = {key: self._inner(part["map"][key], f"{place}{{}}") for key in ("key", "value")}
            return Scalar.BINARY, {"logicalType": "map", "physicalType": "map", "map": inner}
        options = part.get("logicalTypeOptions", {})
        logical, physical = _text(part.get("logicalType")), part.get("physicalType")
        kind, checks = resolved(logical, _text(physical), self.dialect, zoned=bool(options.get("timezone")))
        if logical in ("object", "array", "map") and not is_nested(kind):
            kind, checks = Scalar.STRING, [f"what is in the {logical} is not said; kept as its JSON text"]
        for check in checks:
            self.noted.check(place, check)
        return kind, type_keys(kind)

    def _struct(self, part: Json, place: str) -> Json:
        members = part["properties"]
        names = column_names([str(each.get("name", "")) for each in members])
        found = [
            {**_named(each, name), **self._inner(each, f"{place}.{each.get('name', name)}")}
            for each, name in zip(members, names, strict=True)
        ]
        return {"logicalType": "object", "physicalType": "struct", "properties": found}

    def _inner(self, part: Json, place: str) -> Json:
        """Adopt what is inside another type."""
        if not isinstance(part, dict):
            self.noted.check(place, "no type is said; text takes any")
            return type_keys(Scalar.STRING)
        rest = {key: value for key, value in part.items() if key not in (*_TYPE_KEYS, *_OTHER_KEYS)}
        if "classification" in rest:
            rest["classification"] = self._class_of(place, str(rest["classification"]))
        return {**self._typed(part, place)[1], **rest}


def _members(node: Any) -> list[str]:
    """Return the names of the members at any depth inside a column."""
    inner = [node[key] for key in ("items", "map", "properties") if key in node]
    found: list[str] = []
    for each in inner:
        parts = each if isinstance(each, list) else [*each.values()] if "key" in each else [each]
        for part in parts:
            found += [part["name"]] if "name" in part else []
            found += _members(part)
    return found


def _named(part: Json, name: str) -> Json:
    """Return the name of a column, and what the source calls it if that is another name."""
    source = _text(part.get("physicalName")) or str(part.get("name", ""))
    return {"name": name} if source == name or not source.strip() else {"name": name, "physicalName": source}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _line(part: Json) -> str:
    return " ".join(str(part.get(_DESCRIPTION) or "").split())
