"""What becomes of a table's schema when a contract asks for another: it only ever grows.

| the contract, against the table | the table |
|---|---|
| has one more column or struct member, optional | gets it, with a fresh id |
| has a wider type: int → long, float → double, more decimal digits | widens |
| no longer requires a column, or no longer has it | keeps it, as optional |
| has another order of columns | keeps its own |
| asks for what an earlier schema of the table had: narrower type, required | stays as it is |
| has a required new column, any other type, requires an optional column | refused |

So a contract that once was deployed is always accepted again, and every rollback succeeds. Columns are
matched by name; ids are the table's own: https://iceberg.apache.org/spec/#schema-evolution
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.errors import TerminalError

from iceberg_tables.request import Json

Type = str | Json

_WIDER = {("int", "long"), ("float", "double")}
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")


@dataclass(frozen=True)
class Merged:
    """The schema that a table should have."""

    fields: list[Json]
    identifiers: list[int]


@dataclass
class _Past:
    """What a field was in any schema that the table ever had."""

    required: bool = False
    types: set[str] = field(default_factory=set)


@dataclass
class _Merge:
    last_id: int
    past: Mapping[int, _Past]
    faults: list[str] = field(default_factory=list)

    def struct(self, path: str, current: Sequence[Json], wanted: Sequence[Json]) -> list[Json]:
        asked = {member["name"]: member for member in wanted}
        known = {member["name"] for member in current}
        kept = [self._kept(path, member, asked.get(member["name"])) for member in current]
        return kept + [self._added(path, member) for member in wanted if member["name"] not in known]

    def _kept(self, path: str, current: Json, wanted: Json | None) -> Json:
        if wanted is None:
            return {**current, "required": False}
        name = path + current["name"]
        merged = {
            **current,
            "required": self._required(name, current["id"], current["required"], wanted["required"]),
            "type": self._type(name, current["id"], current["type"], wanted["type"]),
            "doc": wanted.get("doc"),
        }
        return {key: value for key, value in merged.items() if key != "doc" or value}

    def _added(self, path: str, wanted: Json) -> Json:
        if wanted["required"]:
            self.faults.append(
                f"column {path}{wanted['name']}: got a new required column; allowed: a new optional one, "
                "as rows that exist hold no value for it; fix: set required to false in the contract"
            )
        return self._fresh_field(wanted)

    def _required(self, name: str, field_id: int, current: bool, wanted: bool) -> bool:
        if wanted and not current and not self.past[field_id].required:
            self.faults.append(
                f"column {name}: got required; allowed: optional, as rows that exist may hold no value; "
                "fix: set required to false in the contract"
            )
        return current and wanted

    def _type(self, name: str, field_id: int, current: Type, wanted: Type) -> Type:
        if isinstance(current, str) and isinstance(wanted, str):
            return self._primitive(name, field_id, current, wanted)
        if isinstance(current, str) or isinstance(wanted, str) or current["type"] != wanted["type"]:
            return self._refuse(name, current, wanted)
        if current["type"] == "struct":
            return {**current, "fields": self.struct(f"{name}.", current["fields"], wanted["fields"])}
        part = "element" if current["type"] == "list" else "value"
        if part == "value" and shape(current["key"]) != shape(wanted["key"]):
            return self._refuse(f"{name}.key", current["key"], wanted["key"])
        return {**current, **self._nested(f"{name}.{part}", part, current, wanted)}

    def _nested(self, name: str, part: str, current: Json, wanted: Json) -> Json:
        nested_id, required = current[f"{part}-id"], f"{part}-required"
        return {
            part: self._type(name, nested_id, current[part], wanted[part]),
            required: self._required(name, nested_id, current[required], wanted[required]),
        }

    def _primitive(self, name: str, field_id: int, current: str, wanted: str) -> Type:
        before, after = _compact(current), _compact(wanted)
        if _widens(before, after):
            return wanted
        if before == after or after in self.past[field_id].types:
            return current
        return self._refuse(name, current, wanted)

    def _refuse(self, name: str, current: Type, wanted: Type) -> Type:
        self.faults.append(
            f"column {name}: got {describe(wanted)}; allowed: {_allowed(current)}; fix: keep the type in the "
            "contract and add a column of the new type under another name"
        )
        return current

    def _fresh_field(self, wanted: Json) -> Json:
        self.last_id += 1
        return {**wanted, "id": self.last_id, "type": self._fresh(wanted["type"])}

    def _fresh(self, wanted: Type) -> Type:
        if isinstance(wanted, str):
            return wanted
        if wanted["type"] == "struct":
            return {**wanted, "fields": [self._fresh_field(member) for member in wanted["fields"]]}
        fresh = dict(wanted)
        for part in ("element", "key", "value"):
            if part in wanted:
                self.last_id += 1
                fresh |= {f"{part}-id": self.last_id, part: self._fresh(wanted[part])}
        return fresh


def merge(metadata: Mapping[str, Any], wanted: Json) -> Merged:
    """Merge a wanted schema into the one that the table's metadata holds.

    Raises:
        TerminalError: The change is none that Iceberg makes without rewriting data; the message names every
            column, what was asked, what is allowed and what to do.
    """
    work = _Merge(metadata["last-column-id"], _history(metadata["schemas"]))
    fields = work.struct("", current_schema(metadata)["fields"], wanted["fields"])
    if work.faults:
        raise TerminalError("; ".join(work.faults))
    key = {
        member["name"]
        for member in wanted["fields"]
        if member["id"] in wanted.get("identifier-field-ids", ())
    }
    members = [member for member in fields if member["name"] in key]
    # Iceberg lets only required columns identify a row, and a part of a key identifies none.
    whole = all(member["required"] for member in members)
    return Merged(fields, [member["id"] for member in members] if whole else [])


def current_schema(metadata: Mapping[str, Any]) -> Json:
    """The schema that readers and writers use now."""
    schemas: Sequence[Json] = metadata["schemas"]
    return next(one for one in schemas if one["schema-id"] == metadata["current-schema-id"])


def shape(kind: Type) -> Type:
    """A type without ids and comments, to compare two of them."""
    if isinstance(kind, str):
        return _compact(kind)
    plain = {key: value for key, value in kind.items() if not key.endswith("id") and key != "doc"}
    if "fields" in plain:
        plain["fields"] = [shape(member) for member in plain["fields"]]
    return {
        key: shape(value) if isinstance(value, str | dict) and key != "name" else value
        for key, value in plain.items()
    }


def describe(kind: Type) -> str:
    """A type in a message."""
    return kind if isinstance(kind, str) else str(kind["type"])


def _allowed(kind: Type) -> str:
    compact = describe(kind)
    wider = [after for before, after in _WIDER if before == compact]
    if _DECIMAL.fullmatch(_compact(compact)):
        wider = ["more digits of the same scale"]
    return " or ".join([compact, *wider])


def _compact(primitive: str) -> str:
    return primitive.replace(" ", "")


def _widens(before: str, after: str) -> bool:
    one, other = _DECIMAL.fullmatch(before), _DECIMAL.fullmatch(after)
    if one and other:
        return int(other[1]) > int(one[1]) and one[2] == other[2]
    return (before, after) in _WIDER


def _history(schemas: Iterable[Json]) -> dict[int, _Past]:
    past: dict[int, _Past] = {}
    for one in schemas:
        for field_id, required, kind in _flat(one["fields"]):
            entry = past.setdefault(field_id, _Past())
            entry.required |= required
            if isinstance(kind, str):
                entry.types.add(_compact(kind))
    return past


def _flat(fields: Iterable[Json]) -> Iterator[tuple[int, bool, Type]]:
    for member in fields:
        yield from _flat_one(member["id"], member["required"], member["type"])


def _flat_one(field_id: int, required: bool, kind: Type) -> Iterator[tuple[int, bool, Type]]:
    yield field_id, required, kind
    if isinstance(kind, str):
        return
    yield from _flat(kind.get("fields", ()))
    for part in ("element", "key", "value"):
        if part in kind:
            yield from _flat_one(kind[f"{part}-id"], kind.get(f"{part}-required", True), kind[part])
