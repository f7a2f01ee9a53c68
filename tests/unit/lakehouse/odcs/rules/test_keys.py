"""Which datasets may do without a key."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.lakehouse.project import Json, Project, column, product, source

FILES = {"mode": "files", "format": "json"}
CHANGES = {"mode": "files", "content": "changes", "format": "parquet"}
NO_KEY = "schema[0].properties: got 'no key'; allowed: at least one column with `primaryKey: true`"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def keyless(contract: Json) -> Json:
    contract["schema"][0]["properties"][0].pop("primaryKey")
    return contract


@pytest.mark.parametrize("lake", [{"write": "append"}, {"write": "overwrite", "ingestion": FILES}])
def test_silver_that_is_appended_or_replaced_needs_no_key(project: Project, lake: dict[str, Any]) -> None:
    project.write(keyless(source(**lake)))
    assert project.load().datasets[0].key == ()


@pytest.mark.parametrize(
    "contract",
    [
        source(),
        source(write="merge"),
        source(write="append", ingestion=CHANGES),
        product(),
        product(write="overwrite"),
        source(wrong=1),
    ],
    ids=["default", "merge", "changes", "product", "overwritten product", "unknown property"],
)
def test_contract_without_a_key_is_refused_where_versions_are_told_apart(
    project: Project, contract: Json
) -> None:
    assert sum(NO_KEY in fault for fault in project.faults_of(keyless(contract))) == 1


def test_key_is_not_asked_for_while_the_contract_cannot_be_read_that_appends(project: Project) -> None:
    fault = project.fault_of(keyless(source(write="append", wrong=1)))
    assert "lake.wrong" in fault
    assert "no key" not in fault


@pytest.mark.parametrize("lake", [{"write": "append"}, {"write": "overwrite", "ingestion": FILES}])
def test_order_of_versions_is_refused_without_a_key(project: Project, lake: dict[str, Any]) -> None:
    contract = keyless(source("shop/orders", column("at", "date"), order_by=["at"], **lake))
    assert project.fault_of(contract).count("got 'lake.order_by'") == 1


def test_order_of_versions_is_refused_where_it_stands_when_a_dataset_is_replaced(project: Project) -> None:
    lake = {"write": "overwrite", "ingestion": FILES, "order_by": ["at"]}
    assert project.fault_of(keyless(source("shop/orders", column("at", "date"), **lake))) == (
        "customProperties[3].value: got 'lake.order_by'; allowed: nothing without a key: no record is a "
        "version of another; fix: remove it"
    )
