"""Contracts of mode `cdc`: what they may not say, and which tables are theirs."""

from pathlib import Path

import pytest

from tests.unit.lakehouse.project import Json, Project, column, source

CDC = {"mode": "cdc", "format": "parquet"}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def replica(*columns: Json, id_: str = "shop/orders", **lake: object) -> Json:
    return source(id_, *columns, **{"ingestion": CDC, **lake})


def test_contract_is_accepted_when_it_says_where_the_table_is(project: Project) -> None:
    project.write(replica(ingestion={**CDC, "source": {"schema": "core", "table": "Orders"}}))
    [dataset] = project.load().datasets
    assert dataset.ingestion is not None
    assert dataset.ingestion.source is not None
    assert dataset.ingestion.source.name == "core.Orders"


@pytest.mark.parametrize(
    ("contract", "fault"),
    [
        (replica(ingestion={**CDC, "format": "csv"}), "got 'csv'; allowed: parquet in mode cdc"),
        (replica(**{"write": "append"}), "got 'append'; allowed: merge in mode cdc"),
        (
            replica(column("at", "date"), order_by=["at"]),
            "got 'at'; allowed: nothing in mode cdc: commits of the source order its changes",
        ),
        (replica(column("op")), "got 'op'; allowed: another name: Op tells the operation"),
        (
            replica(column("tags", "array", items=column("tag"))),
            "got 'array'; allowed: a scalar in mode cdc: AWS DMS writes no nested types",
        ),
        (
            source(ingestion={"mode": "files", "format": "csv", "source": {"schema": "a", "table": "b"}}),
            "allowed: source in mode cdc only",
        ),
    ],
    ids=["format", "write", "order", "operation", "nested", "source"],
)
def test_contract_is_refused_when_a_replica_cannot_be_so(
    project: Project, contract: Json, fault: str
) -> None:
    assert fault in project.fault_of(contract)


def test_name_is_refused_when_another_dataset_keeps_its_deleted_keys_there(project: Project) -> None:
    project.write(replica())
    taken = source("shop/orders_deleted")
    project.write(taken, "shop/orders_deleted")
    fault = project.fault()
    assert "got 'shop/orders_deleted'; allowed: a table of its own" in fault
    assert "contracts/shop/orders.odcs.yaml has this one" in fault


def test_name_is_accepted_when_the_other_dataset_is_no_replica(project: Project) -> None:
    project.write(source())
    project.write(source("shop/orders_deleted"), "shop/orders_deleted")
    assert [dataset.name for dataset in project.load().datasets] == ["orders", "orders_deleted"]


def test_table_is_refused_when_two_datasets_follow_it(project: Project) -> None:
    project.write(replica(ingestion={**CDC, "source": {"schema": "core", "table": "orders"}}))
    other = replica(id_="shop/returns", ingestion={**CDC, "source": {"schema": "core", "table": "orders"}})
    project.write(other, "shop/returns")
    assert "allowed: a source table of its own" in project.fault()


def test_schema_is_refused_when_it_feeds_two_domains(project: Project) -> None:
    project.write(replica(ingestion={**CDC, "source": {"schema": "core", "table": "orders"}}))
    other = replica(id_="risk/limits", ingestion={**CDC, "source": {"schema": "core", "table": "limits"}})
    project.write(other, "risk/limits")
    assert "allowed: one domain for the tables of a schema" in project.fault()
