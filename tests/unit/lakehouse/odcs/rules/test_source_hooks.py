"""What contracts tell the feature that brings their records, by features that nothing ships."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from config.document import read
from config.section import Section
from lakehouse.model.access import NOBODY
from lakehouse.model.dataset import Content, Dataset, Mode, Source
from lakehouse.model.size import Size
from lakehouse.odcs.dataset import read_dataset
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.rules.sources import with_source
from lakehouse.odcs.standard import conforming
from stacks.features.feature import SourceHook
from tests.unit.lakehouse.project import Json, Project, column, product, source

PLACE = "customProperties[1].value"
STREAM: Json = {"mode": "stream", "format": "json"}


class _Options(Section):
    zip_code: str = Field(alias="zipCode")
    area: str | None = None


def _route(dataset: Dataset, root: Path, findings: Findings) -> Mapping[str, str]:
    assert dataset.ingestion is not None
    assert dataset.ingestion.source is not None
    area = dataset.ingestion.source.option("area") or "everywhere"
    path = root / "contracts" / dataset.domain / "route.txt"
    if not path.is_file():
        findings.add(("customProperties", 1), "nothing", "a route", "add route.txt")
    return {"route": path.read_text() if path.is_file() else "", "from": area}


def _size(dataset: Dataset) -> Size:
    assert dataset.ingestion is not None
    assert dataset.ingestion.source is not None
    return Size(resources=len(dataset.ingestion.source.options))


HOOKS = {
    "courier": SourceHook(Mode.STREAM, Content.RECORDS, _Options, _route, size=_size),
    "ferry": SourceHook(Mode.FILES, Content.CHANGES, Section),
}


def fed(project: Project, feature: str, **told: Any) -> tuple[Dataset, Findings]:
    """Read a contract that names a feature as the source of its records."""
    return handed_over(project, source(ingestion={**STREAM, "source": {"feature": feature, **told}}, part=2))


def handed_over(project: Project, document: Json, sql: str | None = None) -> tuple[Dataset, Findings]:
    project.write(document)
    findings = Findings(read(project.root / "contracts/shop/orders.odcs.yaml", project.root))
    contract = conforming(findings)
    assert contract is not None
    dataset = read_dataset(contract, sql, NOBODY, findings)
    assert dataset is not None
    return with_source(dataset, project.root, HOOKS, findings), findings


def source_of(dataset: Dataset) -> Source | None:
    assert dataset.ingestion is not None
    return dataset.ingestion.source


def texts(faults: list[Any]) -> list[str]:
    return [str(fault).partition(": ")[2] for fault in faults]


def test_source_has_what_its_feature_is_told_and_the_files_that_it_needs(project: Project) -> None:
    project.text("shop/route.txt", "first left")
    dataset, findings = fed(project, "courier", zipCode="8000", area="north")
    found = source_of(dataset)
    assert found == Source(
        "courier", (("area", "north"), ("zipCode", "8000")), (("from", "north"), ("route", "first left"))
    )
    assert found.size == Size(resources=2)
    assert (findings.faults, findings.warnings) == ([], [])
    assert (dataset.id, dataset.part) == ("shop/orders", 2)


def test_source_has_no_option_that_its_contract_leaves_out(project: Project) -> None:
    project.text("shop/route.txt", "")
    found = source_of(fed(project, "courier", zipCode="8000")[0])
    assert found is not None
    assert found.options == (("zipCode", "8000"),)


def test_source_is_refused_when_its_feature_finds_something_wrong(project: Project) -> None:
    _, findings = fed(project, "courier", zipCode="8000")
    assert texts(findings.faults) == [
        "customProperties[1]: got 'nothing'; allowed: a route; fix: add route.txt"
    ]


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({}, "zipCode: got 'nothing'; allowed: a value, which has no default; fix: add the key"),
        ({"zipCode": 8000}, "zipCode: got 8000; allowed: a valid string; fix: write the value in quotes"),
        (
            {"zipCode": "8000", "aera": "north"},
            "aera: got 'aera'; allowed: area, zipCode; fix: did you mean 'area'?",
        ),
    ],
)
def test_option_is_refused_where_it_stands_when_the_feature_does_not_take_it(
    project: Project, told: Json, fault: str
) -> None:
    dataset, findings = fed(project, "courier", **told)
    assert texts(findings.faults) == [f"{PLACE}.source.{fault}"]
    assert source_of(dataset) == Source("courier")


def test_source_is_refused_when_its_records_arrive_in_another_way(project: Project) -> None:
    _, findings = fed(project, "ferry")
    assert texts(findings.faults) == [
        f"{PLACE}.{key}: got '{got}'; allowed: {allowed} where ferry is the source; fix: change it, or "
        "remove the source"
        for key, got, allowed in (("mode", "stream", "files"), ("content", "records", "changes"))
    ]


def test_source_is_refused_when_its_name_is_nearly_that_of_a_feature(project: Project) -> None:
    dataset, findings = fed(project, "couriers")
    assert texts(findings.faults) == [
        f"{PLACE}.source.feature: got 'couriers'; allowed: a feature that brings records: courier, ferry; "
        "fix: did you mean 'courier'?"
    ]
    assert (findings.warnings, source_of(dataset)) == ([], Source("couriers"))


def test_source_is_warned_of_when_no_feature_has_its_name(project: Project) -> None:
    dataset, findings = fed(project, "pigeon", speed="slow")
    assert texts(findings.warnings) == [
        f"{PLACE}.source.feature: got 'pigeon'; allowed: a feature that brings records: courier, ferry; fix: "
        "add the feature, or see to it that somebody else brings them"
    ]
    assert (findings.faults, source_of(dataset)) == ([], Source("pigeon"))


def test_dataset_is_as_it_was_when_its_contract_names_no_source(project: Project) -> None:
    dataset, findings = handed_over(project, source(ingestion=STREAM))
    assert (source_of(dataset), findings.faults) == (None, [])
    dataset, findings = handed_over(project, product("shop/orders", column("x")), "SELECT 1")
    assert (dataset.ingestion, findings.faults) == (None, [])
