"""What contracts may tell DMS of their tables."""

from pathlib import Path

import pytest

from stacks.features.dms.source import SourceTable, replicas
from tests.unit.lakehouse.project import Json, Project, source

CHANGES = {"mode": "files", "content": "changes", "format": "parquet"}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def replica(id_: str = "shop/orders", **table: str) -> Json:
    return source(id_, ingestion={**CHANGES, "source": {"feature": "dms", **table}})


def test_table_is_the_one_that_the_contract_says(project: Project) -> None:
    project.write(replica(schema="core", table="Orders"))
    [(_, table)] = replicas(project.load().datasets).items()
    assert table == SourceTable("core", "Orders")


def test_table_is_named_as_the_dataset_when_the_contract_says_nothing(project: Project) -> None:
    project.write(replica())
    [(_, table)] = replicas(project.load().datasets).items()
    assert table == SourceTable("shop", "orders")


def test_dataset_is_refused_when_its_records_are_no_changes(project: Project) -> None:
    contract = source(ingestion={"mode": "files", "format": "csv", "source": {"feature": "dms"}})
    assert "content: got 'records'; allowed: changes where dms is the source" in project.fault_of(contract)


def test_table_is_refused_when_two_datasets_follow_it(project: Project) -> None:
    project.write(replica(schema="core", table="orders"))
    project.write(replica("shop/returns", schema="core", table="orders"), "shop/returns")
    assert "allowed: a source table of its own" in project.fault()


def test_schema_is_refused_when_it_feeds_two_domains(project: Project) -> None:
    project.write(replica(schema="core", table="orders"))
    project.write(replica("risk/limits", schema="core", table="limits"), "risk/limits")
    assert "allowed: one domain for the tables of a schema" in project.fault()
