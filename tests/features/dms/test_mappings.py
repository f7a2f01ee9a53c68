"""What DMS is told of the tables that datasets are kept equal to."""

from dataclasses import replace

from lakehouse.model.dataset import Content, Format, Ingestion, Mode, Source
from stacks.features.dms.mappings import table_mappings
from stacks.features.dms.source import SourceTable, replicas
from tests.unit.lakehouse.datasets import ORDERS

CHANGES = Ingestion(Mode.FILES, Format.PARQUET, content=Content.CHANGES, source=Source("dms"))
REPLICA = replace(ORDERS, ingestion=CHANGES)


def test_mappings_take_the_names_of_the_source_when_the_contract_tells_them() -> None:
    told = Source("dms", (("schema", "Core"), ("table", "ORDERS")))
    named = replace(REPLICA, ingestion=replace(CHANGES, source=told))
    selections = [
        rule["object-locator"]
        for rule in table_mappings(replicas([named]))["rules"]
        if rule["rule-type"] == "selection"
    ]
    assert selections == [{"schema-name": "Core", "table-name": "ORDERS"}]
    assert replicas([REPLICA]) == {REPLICA: SourceTable("shop", "orders")}


def test_mappings_rename_a_schema_once_however_many_tables_it_has() -> None:
    both = [replace(REPLICA, name=name) for name in ("orders", "returns")]
    rules = table_mappings(replicas(both))["rules"]
    assert [rule["value"] for rule in rules if rule.get("rule-target") == "schema"] == ["shop"]
    assert [rule["rule-id"] for rule in rules] == [str(number) for number in range(1, len(rules) + 1)]


def test_table_is_left_alone_when_its_dataset_names_no_source_or_another() -> None:
    others = [
        replace(REPLICA, ingestion=replace(CHANGES, source=source)) for source in (None, Source("pump"))
    ]
    assert replicas(others) == {}
