"""What is told of streams that several datasets share: the contract, the place, the way out."""

from lakehouse.layout.streams import DATASETS_MAX
from tests.unit.lakehouse.project import Json, Project, source

SHARED: Json = {"mode": "stream", "format": "json", "stream": "all-of"}


def test_last_contract_is_blamed_when_too_many_share_a_stream(project: Project) -> None:
    for at in range(DATASETS_MAX + 1):
        project.write(source(f"shop{at:02}/orders", ingestion=SHARED), f"shop{at:02}/orders")
    assert project.faults() == [
        f"contracts/shop{DATASETS_MAX}/orders.odcs.yaml: lake.ingestion.stream: got '{DATASETS_MAX + 1} "
        f"datasets on all-of'; allowed: up to {DATASETS_MAX} on a stream; fix: put some of them on "
        "another stream"
    ]


def test_stream_is_refused_when_a_dataset_has_its_name_with_other_joints(project: Project) -> None:
    project.write(source("devices/vitals", ingestion=SHARED), "devices/vitals")
    project.write(source("shared/all_of"), "shared/all_of")
    assert project.faults() == [
        "contracts/devices/vitals.odcs.yaml: lake.ingestion.stream: got 'all-of'; allowed: a name that no "
        "stream has; contracts/shared/all_of.odcs.yaml has this one; fix: rename the stream"
    ]
