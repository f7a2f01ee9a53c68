import pytest

from lakehouse.layout.streams import DATASETS_MAX, shared_streams
from tests.unit.lakehouse.project import Json, Project, source

SHARED = {"mode": "stream", "format": "json", "stream": "all"}


def write(project: Project, where: str, **ingestion: str) -> None:
    project.write(source(where, ingestion={**SHARED, **ingestion}), where)


def test_stream_is_shared_when_contracts_of_any_domain_name_it(project: Project) -> None:
    write(project, "shop/orders")
    write(project, "devices/vitals")
    write(project, "shop/returns", stream="other")
    assert {name: [each.id for each in found] for name, found in shared_streams(project.load()).items()} == {
        "all": ["devices/vitals", "shop/orders"],
        "other": ["shop/returns"],
    }


def test_stream_is_refused_when_its_contracts_ask_for_different_transforms(project: Project) -> None:
    write(project, "devices/vitals")
    write(project, "shop/orders", transform="json_lines")
    assert project.fault() == (
        "contracts/shop/orders.odcs.yaml: lake.ingestion.transform: got 'json_lines'; allowed: none, as in "
        "contracts/devices/vitals.odcs.yaml: stream all treats all records alike; fix: say the same in both "
        "contracts"
    )


def test_stream_is_refused_when_a_dataset_has_its_name(project: Project) -> None:
    write(project, "devices/vitals")
    own: Json = {"mode": "files", "format": "json"}
    project.write(source("shared/all", ingestion=own), "shared/all")
    assert "got 'all'; allowed: a name that no stream has; contracts/shared/all.odcs.yaml" in project.fault()


@pytest.mark.parametrize(("number", "fits"), [(DATASETS_MAX, True), (DATASETS_MAX + 1, False)])
def test_stream_takes_only_as_many_datasets_as_its_policy_can_name(
    project: Project, number: int, fits: bool
) -> None:
    for at in range(number):
        write(project, f"shop{at}/orders")
    if fits:
        assert len(project.load().datasets) == number
    else:
        assert f"got '{number} datasets on all'; allowed: up to {DATASETS_MAX} on a stream" in project.fault()
