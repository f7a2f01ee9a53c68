import gzip
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from iceberg_tables.catalog import Catalog, Outcome
from iceberg_tables.request import Wanted
from pyiceberg.table.metadata import TableMetadata, TableMetadataUtil
from shared.errors import TerminalError, TransientError

from config.naming import Naming
from lakehouse.model.dataset import Layer
from lakehouse.odcs.lake.load import load_lake
from lakehouse.targets import iceberg

Json = dict[str, Any]

PROJECT = Path(__file__).parents[3]


def column(number: int, name: str, kind: Any = "string", *, required: bool = False) -> Json:
    return {"id": number, "name": name, "required": required, "type": kind, "doc": f"The {name}"}


ORDERS = (
    column(1, "order_id", "long", required=True),
    column(2, "amount", "decimal(8, 2)"),
    column(3, "ordered_at", "timestamptz"),
    column(4, "lines", {"type": "list", "element-id": 5, "element": "int", "element-required": False}),
)


@dataclass(frozen=True)
class Lake:
    """A database and a bucket of one test."""

    glue: Any
    s3: Any
    name: str

    @property
    def catalog(self) -> Catalog:
        """The code under test."""
        return Catalog(self.glue, self.s3, lambda: 300.0)

    def wanted(self, *columns: Json, partition: str = "day", **properties: str) -> Wanted:
        """A table of these columns, partitioned by `ordered_at` unless there is no transform."""
        spec = {"source-id": 3, "field-id": 1000, "transform": partition, "name": f"ordered_at_{partition}"}
        schema = {
            "type": "struct",
            "schema-id": 0,
            "identifier-field-ids": [1],
            "fields": list(columns or ORDERS),
        }
        return Wanted(
            database=self.name,
            table="orders",
            location=f"s3://{self.name}/sales/orders",
            schema=schema,
            partition_spec={"spec-id": 0, "fields": [spec] if partition else []},
            properties={"comment": "Orders", **properties},
            format_version="2",
        )

    def table(self) -> Json:
        """What Glue has of the table."""
        found: Json = self.glue.get_table(DatabaseName=self.name, Name="orders")["Table"]
        return found

    def metadata(self) -> TableMetadata:
        """The table's metadata, read by an independent implementation of Iceberg."""
        key = self.table()["Parameters"]["metadata_location"].removeprefix(f"s3://{self.name}/")
        body = self.s3.get_object(Bucket=self.name, Key=key)["Body"].read()
        return TableMetadataUtil.parse_raw(body.decode())

    def columns(self) -> dict[str, tuple[int, str, bool]]:
        """Id, type and whether it is required, of each column."""
        fields = self.metadata().schema().fields
        return {field.name: (field.field_id, str(field.field_type), field.required) for field in fields}


@pytest.fixture
def lake(glue: Any, s3: Any) -> Lake:
    name = f"table-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    glue.create_database(DatabaseInput={"Name": name})
    return Lake(glue, s3, name)


@dataclass(frozen=True)
class Disturbed(Catalog):
    """Lets others commit between its reading and its writing."""

    others: list[Wanted]

    def metadata(self, table: Mapping[str, Any], wanted: Wanted) -> Mapping[str, Any]:
        """Read, then let another commit."""
        found = super().metadata(table, wanted)
        if self.others:
            Catalog(self.glue, self.s3, self.remaining_seconds).ensure(self.others.pop())
        return found


def disturbed(lake: Lake, *, times: int, seconds: float = 300.0) -> Disturbed:
    others = [lake.wanted(other=str(number)) for number in range(times)]
    return Disturbed(lake.glue, lake.s3, lambda: seconds, others)


def test_table_is_an_empty_iceberg_table_as_wanted_when_it_is_new(lake: Lake) -> None:
    assert lake.catalog.ensure(lake.wanted()) is Outcome.CREATED
    metadata = lake.metadata()
    assert metadata.format_version == 2
    assert metadata.location == f"s3://{lake.name}/sales/orders"
    assert metadata.properties["comment"] == "Orders"
    assert metadata.current_snapshot() is None
    assert lake.columns() == {
        "order_id": (1, "long", True),
        "amount": (2, "decimal(8, 2)", False),
        "ordered_at": (3, "timestamptz", False),
        "lines": (4, "list<int>", False),
    }
    assert [str(field.transform) for field in metadata.spec().fields] == ["day"]
    assert list(metadata.schema().identifier_field_ids) == [1]
    assert [found["Name"] for found in lake.table()["StorageDescriptor"]["Columns"]] == list(lake.columns())


@pytest.mark.parametrize("partition", ["day", ""])
def test_table_is_left_alone_when_it_is_as_wanted(lake: Lake, partition: str) -> None:
    wanted = lake.wanted(partition=partition)
    lake.catalog.ensure(wanted)
    before = lake.table()
    assert lake.catalog.ensure(wanted) is Outcome.UNCHANGED
    assert lake.table() == before


def test_table_gains_and_widens_columns_when_the_contract_grows(lake: Lake) -> None:
    lake.catalog.ensure(lake.wanted())
    first, amount, at, lines = ORDERS
    nested = {"type": "struct", "fields": [column(9, "city"), column(10, "zip")]}
    grown = lake.wanted(column(7, "shop", nested), first, {**amount, "type": "decimal(12, 2)"}, at, lines)
    assert lake.catalog.ensure(grown) is Outcome.CHANGED
    assert lake.columns() == {
        "order_id": (1, "long", True),
        "amount": (2, "decimal(12, 2)", False),
        "ordered_at": (3, "timestamptz", False),
        "lines": (4, "list<int>", False),
        "shop": (6, "struct<7: city: optional string (The city), 8: zip: optional string (The zip)>", False),
    }
    assert lake.catalog.ensure(grown) is Outcome.UNCHANGED


def test_table_keeps_what_it_gained_when_the_contract_is_rolled_back(lake: Lake) -> None:
    first, amount, at, lines = ORDERS
    former = lake.wanted()
    latter = lake.wanted(
        {**first, "required": False}, {**amount, "type": "decimal(12, 2)"}, at, lines, column(6, "note")
    )
    lake.catalog.ensure(former)
    lake.catalog.ensure(replace(latter, schema={**latter.schema, "identifier-field-ids": []}))
    grown = lake.columns()
    lake.catalog.ensure(former)
    assert lake.columns() == grown
    assert grown["order_id"] == (1, "long", False)
    assert grown["note"] == (6, "string", False)


def test_table_returns_to_its_former_partitioning_when_the_contract_is_rolled_back(lake: Lake) -> None:
    lake.catalog.ensure(lake.wanted())
    assert lake.catalog.ensure(lake.wanted(partition="month")) is Outcome.CHANGED
    assert [str(field.transform) for field in lake.metadata().spec().fields] == ["month"]
    assert lake.catalog.ensure(lake.wanted()) is Outcome.CHANGED
    assert lake.metadata().default_spec_id == 0
    assert len(lake.metadata().partition_specs) == 2


def test_table_has_new_properties_and_keeps_others_when_only_they_change(lake: Lake) -> None:
    lake.catalog.ensure(lake.wanted(owner="a@example.com"))
    lake.catalog.ensure(lake.wanted(classification="internal"))
    properties = lake.metadata().properties
    assert (properties["owner"], properties["classification"]) == ("a@example.com", "internal")
    assert len(lake.metadata().schemas) == 1


def test_table_is_adopted_with_its_own_ids_when_others_made_it(lake: Lake) -> None:
    other = lake.wanted(
        column(1, "legacy"), column(2, "order_id", "long", required=True), column(3, "ordered_at", "date")
    )
    lake.catalog.ensure(replace(other, schema={**other.schema, "identifier-field-ids": []}))
    wanted = lake.wanted(
        column(1, "order_id", "long", required=True), column(2, "amount"), column(3, "ordered_at", "date")
    )
    assert lake.catalog.ensure(wanted) is Outcome.CHANGED
    assert {name: found[0] for name, found in lake.columns().items()} == {
        "legacy": 1,
        "order_id": 2,
        "ordered_at": 3,
        "amount": 4,
    }
    assert list(lake.metadata().schema().identifier_field_ids) == [2]


@pytest.mark.parametrize("parameters", [{}, {"table_type": "DELTA"}, {"table_type": "ICEBERG"}])
def test_table_is_refused_and_untouched_when_it_is_no_iceberg_table(
    lake: Lake, parameters: dict[str, str]
) -> None:
    definition = {"Name": "orders", "TableType": "EXTERNAL_TABLE", "Parameters": parameters}
    lake.glue.create_table(DatabaseName=lake.name, TableInput=definition)
    before = lake.table()
    with pytest.raises(TerminalError, match=r"exists and is no Iceberg table: got .*fix: drop or rename"):
        lake.catalog.ensure(lake.wanted())
    assert lake.table() == before


def test_table_is_refused_and_untouched_when_the_change_is_incompatible(lake: Lake) -> None:
    lake.catalog.ensure(lake.wanted())
    before = lake.table()
    first, amount, at, lines = ORDERS
    with pytest.raises(TerminalError, match=r"column amount: got string; allowed: decimal.*; fix:"):
        lake.catalog.ensure(lake.wanted(first, {**amount, "type": "string"}, at, lines))
    assert lake.table() == before
    assert lake.catalog.ensure(lake.wanted()) is Outcome.UNCHANGED


def test_table_is_read_when_its_metadata_is_packed(lake: Lake) -> None:
    lake.catalog.ensure(lake.wanted())
    table = lake.table()
    bucket, key = lake.name, "sales/orders/metadata/00001-x.gz.metadata.json"
    packed = gzip.compress(lake.metadata().model_dump_json().encode())
    lake.s3.put_object(Bucket=bucket, Key=key, Body=packed)
    parameters = {**table["Parameters"], "metadata_location": f"s3://{bucket}/{key}"}
    definition = {"Name": "orders", "StorageDescriptor": table["StorageDescriptor"], "Parameters": parameters}
    lake.glue.update_table(DatabaseName=lake.name, TableInput=definition)
    assert lake.catalog.ensure(lake.wanted()) is Outcome.UNCHANGED


def test_table_has_both_changes_when_another_commit_came_in_between(lake: Lake) -> None:
    lake.catalog.ensure(lake.wanted())
    catalog = disturbed(lake, times=1)
    assert catalog.ensure(lake.wanted(*ORDERS, column(6, "note"))) is Outcome.CHANGED
    assert "note" in lake.columns()
    assert lake.metadata().properties["other"] == "0"


@pytest.mark.parametrize(("seconds", "attempts"), [(300.0, 6), (40.0, 1)])
def test_change_fails_in_time_to_answer_when_others_commit_without_end(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, seconds: float, attempts: int
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    lake.catalog.ensure(lake.wanted())
    with pytest.raises(TransientError, match=f"changed under each of {attempts} attempts; deploy again"):
        disturbed(lake, times=10, seconds=seconds).ensure(lake.wanted(*ORDERS, column(6, "note")))
    assert "note" not in lake.columns()


def test_table_has_all_columns_when_several_requests_race(lake: Lake) -> None:
    names = ("a", "b", "c")
    threads = [
        threading.Thread(target=lake.catalog.ensure, args=(lake.wanted(*ORDERS, column(6, name)),))
        for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lake.columns().keys() == {"order_id", "amount", "ordered_at", "lines", *names}
    assert len({found[0] for found in lake.columns().values()}) == len(lake.columns())


def test_every_table_of_the_lake_is_made_and_then_left_alone_when_deployed_twice(glue: Any, s3: Any) -> None:
    naming = Naming("lakehouse", f"t{uuid.uuid4().hex[:8]}", "000000000000", "us-east-1")
    catalog = Catalog(glue, s3, lambda: 300.0)
    datasets = load_lake(PROJECT).datasets
    tables = [
        Wanted.from_properties(iceberg.table(dataset, layer, naming))
        for dataset in datasets
        for layer in ({dataset.layer} if dataset.layer is Layer.GOLD else {Layer.SILVER, Layer.QUARANTINE})
    ]
    for layer in (Layer.SILVER, Layer.GOLD, Layer.QUARANTINE):
        s3.create_bucket(Bucket=naming.bucket(layer))
    for database in {wanted.database for wanted in tables}:
        glue.create_database(DatabaseInput={"Name": database})
    assert {catalog.ensure(wanted) for wanted in tables} == {Outcome.CREATED}
    assert {catalog.ensure(wanted) for wanted in tables} == {Outcome.UNCHANGED}


def test_table_comes_back_with_its_data_when_the_catalog_has_lost_it(lake: Lake) -> None:
    lake.catalog.ensure(lake.wanted())
    lake.catalog.ensure(lake.wanted(*ORDERS, column(6, "note")))
    before, columns = lake.metadata(), lake.table()["StorageDescriptor"]["Columns"]
    lake.glue.delete_table(DatabaseName=lake.name, Name="orders")
    assert lake.catalog.ensure(lake.wanted()) is Outcome.ADOPTED
    after = lake.metadata()
    assert (after.table_uuid, after.schemas, after.snapshots) == (
        before.table_uuid, before.schemas, before.snapshots,
    )  # fmt: skip
    assert lake.table()["StorageDescriptor"]["Columns"] == columns
    assert lake.catalog.ensure(lake.wanted()) is Outcome.UNCHANGED
