"""Contracts, compared with themselves and with what people do to them."""

from dataclasses import replace
from pathlib import Path

import pytest

from config.load import PROJECT_ROOT
from lakehouse.compatibility import Level, compare, version_faults
from lakehouse.model.dataset import Dataset, Documentation, Lake
from lakehouse.model.fields import Checks, Field, Scalar, Type
from tests.fixtures.environments import FIXTURE, lake_of

IDS = [dataset.id for dataset in lake_of(FIXTURE).datasets]


def edited(lake: Lake, id_: str, dataset: Dataset | None) -> Lake:
    """Return the lake with another version of one dataset, or without it."""
    others = [each for each in lake.datasets if each.id != id_]
    return Lake((*others, *([dataset] if dataset else [])))


@pytest.fixture(scope="module")
def lake() -> Lake:
    return lake_of(FIXTURE)


@pytest.fixture(scope="module")
def datasets(lake: Lake) -> dict[str, Dataset]:
    return {dataset.id: dataset for dataset in lake.datasets}


@pytest.mark.parametrize("root", [FIXTURE, PROJECT_ROOT], ids=["project", "own"])
def test_contracts_are_compatible_with_themselves(root: Path) -> None:
    lake = lake_of(root)
    assert compare(lake, lake) == []
    assert version_faults(lake, lake, []) == []


@pytest.mark.parametrize("id_", IDS)
def test_dataset_grows_without_a_new_version_when_its_new_column_is_optional(
    lake: Lake, datasets: dict[str, Dataset], id_: str
) -> None:
    grown = replace(
        datasets[id_], fields=(*datasets[id_].fields, Field("added", Scalar.STRING, False, "Added."))
    )
    new = edited(lake, id_, grown)
    (change,) = compare(lake, new)
    assert (change.dataset, change.path, change.level) == (id_, "columns.added", Level.COMPATIBLE)
    assert version_faults(lake, new, [change]) == []


@pytest.mark.parametrize("id_", IDS)
def test_dataset_cannot_go_when_its_contract_is_in_use(
    lake: Lake, datasets: dict[str, Dataset], id_: str
) -> None:
    new = edited(lake, id_, None)
    (fault,) = version_faults(lake, new, compare(lake, new))
    assert (fault.where, fault.path, fault.got) == (datasets[id_].source, "status", "active")
    announced = edited(lake, id_, replace(datasets[id_], documentation=Documentation(status="deprecated")))
    assert version_faults(announced, new, compare(announced, new)) == []


@pytest.mark.parametrize("id_", IDS)
def test_every_column_needs_a_major_version_when_its_rules_get_narrower(
    lake: Lake, datasets: dict[str, Dataset], id_: str
) -> None:
    dataset = datasets[id_]
    major = int(dataset.version.partition(".")[0])
    for field in dataset.fields:
        narrower = replace(field, checks=_narrower(field.type, field.checks))
        fields = tuple(narrower if each is field else each for each in dataset.fields)
        for version, faults in ((f"{major}.9.0", 1), (f"{major + 1}.0.0", 0)):
            new = edited(lake, id_, replace(dataset, fields=fields, version=version))
            found = compare(lake, new)
            assert {change.level for change in found} == {Level.BREAKING}
            assert len(version_faults(lake, new, found)) == faults


def _narrower(kind: Type, checks: Checks) -> Checks:
    if kind is Scalar.STRING:
        return replace(checks, min_length=(checks.min_length or 0) + 1)
    if kind in (Scalar.DATE, Scalar.TIMESTAMP, Scalar.TIMESTAMPTZ):
        return replace(checks, minimum="2999-01-01T00:00:00Z")
    return replace(checks, maximum=-1)
