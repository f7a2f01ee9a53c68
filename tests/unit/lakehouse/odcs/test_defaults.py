"""What the model holds where a contract says nothing, or says it in another way."""

from lakehouse.model.dataset import PartitionField, Source
from tests.unit.lakehouse.project import Json, Project, column, source

STREAM: Json = {"mode": "stream", "format": "json"}


def test_dataset_is_in_the_first_part_and_loses_no_record_when_nothing_is_said(project: Project) -> None:
    project.write(source())
    [dataset] = project.load().datasets
    assert (dataset.part, dataset.max_rejected_ratio) == (1, 0)


def test_dataset_is_in_the_part_that_its_contract_names(project: Project) -> None:
    project.write(source(part=3))
    assert project.load().datasets[0].part == 3


def test_source_keeps_its_name_and_is_warned_of_when_no_feature_has_it(project: Project) -> None:
    project.write(source(ingestion={**STREAM, "source": {"feature": "our_own_thing", "speed": "slow"}}))
    lake = project.load()
    ingestion = lake.datasets[0].ingestion
    assert ingestion is not None
    assert ingestion.source == Source("our_own_thing")
    assert ["got 'our_own_thing'" in str(each) for each in lake.warnings] == [True]


def test_partition_is_read_with_spaces_around_it(project: Project) -> None:
    project.write(source("shop/orders", column("day", "date"), partition=[" month(day) "]))
    assert project.load().datasets[0].partition == (PartitionField("day", "month"),)


def test_reference_says_that_the_domain_is_missing(project: Project) -> None:
    contract = source("shop/orders", column("note", relationships=[{"to": "customers.id"}]))
    del contract["domain"]
    assert any(
        "relationships of note: got '/customers'; allowed: " in line for line in project.faults_of(contract)
    )
