"""Contracts of changes: what they may not say, and which tables are theirs."""

from pathlib import Path

import pytest

from tests.unit.lakehouse.project import Json, Project, column, source

CHANGES = {"mode": "files", "content": "changes", "format": "parquet"}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def replica(*columns: Json, id_: str = "shop/orders", **lake: object) -> Json:
    return source(id_, *columns, **{"ingestion": CHANGES, **lake})


@pytest.mark.parametrize(
    ("contract", "fault"),
    [
        (
            replica(ingestion={**CHANGES, "format": "csv"}),
            "got 'csv'; allowed: parquet for changes in mode files",
        ),
        (replica(**{"write": "append"}), "got 'append'; allowed: merge for changes"),
        (
            replica(column("at", "date"), order_by=["at"]),
            "got 'at'; allowed: nothing for changes: commits of the source order its changes",
        ),
        (replica(column("op")), "got 'op'; allowed: another name: Op tells the operation"),
        (
            replica(column("tags", "array", items=column("tag"))),
            "got 'array'; allowed: a scalar in changes: AWS DMS writes no nested types",
        ),
    ],
    ids=["format", "write", "order", "operation", "nested"],
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
