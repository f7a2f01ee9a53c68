"""Any sequence of additive contracts: ids stay, repeating changes nothing, former contracts are accepted."""

import copy
import itertools
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from iceberg_tables.logic import Change, plan
from iceberg_tables.request import Wanted
from iceberg_tables.schema import current_schema
from pyiceberg.table.metadata import TableMetadataV2

Json = dict[str, Any]

WIDER = {"int": "long", "float": "double", "decimal(5, 2)": "decimal(9, 2)"}
PRIMITIVES = ("int", "float", "decimal(5, 2)", "string", "date", "timestamptz")
SOURCES = ("identity", "bucket[4]", "day")


class Author:
    """Writes contracts: one table's schema, changed additively time after time."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        self.names = (f"c{number}" for number in itertools.count())
        self.schema = [self._column(required=self._draw(st.booleans()), kind="date")]
        self.schema += [
            self._column(required=self._draw(st.booleans())) for _ in range(self._draw(st.integers(0, 3)))
        ]
        self.partition: list[tuple[str, str]] = []

    def _draw(self, strategy: st.SearchStrategy[Any]) -> Any:
        return self.data.draw(strategy)

    def _column(self, *, required: bool = False, kind: Any = None) -> Json:
        return {"name": next(self.names), "required": required, "type": kind or self._kind(2)}

    def _kind(self, depth: int) -> Any:
        choice = self._draw(
            st.sampled_from(PRIMITIVES if depth == 0 else (*PRIMITIVES, "struct", "list", "map"))
        )
        if choice == "struct":
            members = [self._column(kind=self._kind(depth - 1)) for _ in range(self._draw(st.integers(1, 2)))]
            return {"type": "struct", "fields": members}
        if choice == "list":
            return {"type": "list", "element": self._kind(depth - 1), "element-required": False}
        if choice == "map":
            return {"type": "map", "key": "string", "value": self._kind(depth - 1), "value-required": False}
        return choice

    def change(self) -> None:
        """Make one change that the table must be able to follow."""
        action = self._draw(
            st.sampled_from(("add", "drop", "relax", "widen", "grow", "shuffle", "partition"))
        )
        one = self._draw(st.sampled_from(self.schema))
        if action == "add":
            self.schema.insert(self._draw(st.integers(0, len(self.schema))), self._column())
        elif (
            action == "drop"
            and len(self.schema) > 1
            and one["name"] not in {name for name, _ in self.partition}
        ):
            self.schema.remove(one)
        elif action == "relax":
            one["required"] = False
        elif action == "widen" and isinstance(one["type"], str):
            one["type"] = WIDER.get(one["type"], one["type"])
        elif action == "grow" and isinstance(one["type"], dict) and one["type"]["type"] == "struct":
            one["type"]["fields"].append(self._column(kind=self._kind(1)))
        elif action == "shuffle":
            self.schema = self._draw(st.permutations(self.schema))
        elif action == "partition" and one["type"] == "date":
            self.partition = [(one["name"], self._draw(st.sampled_from(SOURCES)))]

    def contract(self) -> Wanted:
        """The contract as a new table would get it: ids by position."""
        numbers = itertools.count(1)
        fields = [{**copy.deepcopy(field), "id": next(numbers)} for field in self.schema]
        for field in fields:
            number(field["type"], numbers)
        ids = {field["name"]: field["id"] for field in fields}
        key = [field["id"] for field in fields if field["required"] and field["type"] == "date"]
        parts = [
            {"source-id": ids[name], "field-id": 1000, "transform": how, "name": f"p_{name}_{how[:4]}"}
            for name, how in self.partition
        ]
        schema = {"type": "struct", "schema-id": 0, "identifier-field-ids": key, "fields": fields}
        return Wanted("d", "t", "s3://b/t", schema, {"spec-id": 0, "fields": parts}, {}, "2")


def number(kind: Any, numbers: Iterator[int]) -> None:
    """Give every nested part of a type an id, in place."""
    if isinstance(kind, str):
        return
    for member in kind.get("fields", ()):
        member["id"] = next(numbers)
        number(member["type"], numbers)
    for part in ("element", "key", "value"):
        if part in kind:
            kind[f"{part}-id"] = next(numbers)
            number(kind[part], numbers)


def created(wanted: Wanted) -> Json:
    """Metadata of a new table."""
    return valid(
        {
            "format-version": 2,
            "table-uuid": "9c12d441-03fe-4693-9a96-a0705ddf69c1",
            "location": wanted.location,
            "last-sequence-number": 0,
            "last-updated-ms": 0,
            "last-column-id": max(ids(wanted.schema["fields"]).values()),
            "last-partition-id": 1000,
            "schemas": [wanted.schema],
            "current-schema-id": 0,
            "partition-specs": [wanted.partition_spec],
            "default-spec-id": 0,
            "sort-orders": [{"order-id": 0, "fields": []}],
            "default-sort-order-id": 0,
            "properties": {},
        }
    )


def changed(metadata: Json, change: Change) -> Json:
    """Metadata after a change, by the rules of the Iceberg specification."""
    after = copy.deepcopy(metadata)
    if change.schema["schema-id"] != metadata["current-schema-id"]:
        after["schemas"].append({"type": "struct", **change.schema})
        after["current-schema-id"] = change.schema["schema-id"]
    after["last-column-id"] = max(after["last-column-id"], *ids(change.schema["fields"]).values())
    if change.partition_spec is not None:
        if change.partition_spec["spec-id"] not in {spec["spec-id"] for spec in after["partition-specs"]}:
            after["partition-specs"].append(change.partition_spec)
        after["default-spec-id"] = change.partition_spec["spec-id"]
        used = [part["field-id"] for part in change.partition_spec["fields"]]
        after["last-partition-id"] = max([after["last-partition-id"], *used])
    return valid(after)


def valid(metadata: Json) -> Json:
    """The metadata, once an independent implementation of Iceberg has read it without objection."""
    TableMetadataV2.model_validate(metadata)
    return metadata


def ids(fields: list[Json], path: str = "") -> dict[str, int]:
    """Id of every column and nested part by its path."""
    found: dict[str, int] = {}
    for field in fields:
        found[path + field["name"]] = field["id"]
        found |= nested(field["type"], f"{path}{field['name']}.")
    return found


def nested(kind: Any, path: str) -> dict[str, int]:
    if isinstance(kind, str):
        return {}
    found = ids(kind.get("fields", []), path)
    for part in ("element", "key", "value"):
        if part in kind:
            found |= {path + part: kind[f"{part}-id"], **nested(kind[part], f"{path}{part}.")}
    return found


def deploy(metadata: Json, wanted: Wanted) -> Json:
    """Bring a table to a contract and check what must hold after any change."""
    change = plan(metadata, wanted)
    after = metadata if change is None else changed(metadata, change)
    before_ids, after_ids = ids(current_schema(metadata)["fields"]), ids(current_schema(after)["fields"])
    assert before_ids.items() <= after_ids.items()
    assert len(set(after_ids.values())) == len(after_ids)
    assert all(
        number > metadata["last-column-id"] for path, number in after_ids.items() if path not in before_ids
    )
    assert {field["name"] for field in wanted.schema["fields"]} <= {
        field["name"] for field in current_schema(after)["fields"]
    }
    assert plan(after, wanted) is None
    return after


@settings(max_examples=150)
@given(st.data())
def test_table_grows_with_stable_ids_when_contracts_change_additively(data: st.DataObject) -> None:
    author = Author(data)
    contracts = [author.contract()]
    metadata = created(contracts[0])
    for _ in range(data.draw(st.integers(1, 6))):
        author.change()
        contracts.append(author.contract())
        metadata = deploy(metadata, contracts[-1])
    rolled_back = deploy(metadata, data.draw(st.sampled_from(contracts)))
    deploy(rolled_back, contracts[-1])
