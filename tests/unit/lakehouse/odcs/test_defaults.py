"""What the model holds where a contract says nothing, or says it in another way."""

from lakehouse.model.dataset import PartitionField, Source
from lakehouse.model.versions import VersionOrder, Versions
from tests.unit.lakehouse.project import Json, Project, column, product, source

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


FILES: Json = {"mode": "files", "format": "csv"}


def test_each_file_is_a_version_that_names_order_where_the_whole_content_is_replaced(
    project: Project,
) -> None:
    project.write(source(ingestion=FILES, write="overwrite"))
    project.write(source("shop/others", ingestion=FILES), "shop/others")
    project.write(product(write="overwrite"), "shop/totals")
    project.text("shop/totals.sql", "SELECT order_id FROM silver_shop.orders")
    versions = {dataset.name: dataset.versions for dataset in project.load().datasets}
    assert versions == {"orders": Versions(VersionOrder.NAME, None), "others": None, "totals": None}


def test_marker_closes_a_version_whatever_its_length_up_to_the_longest(project: Project) -> None:
    marker = f"_{'m' * 98}d"
    project.write(source(ingestion=FILES, write="overwrite", version={"marker": marker}))
    assert project.load().datasets[0].versions == Versions(VersionOrder.NAME, marker)


def test_date_that_is_written_as_usual_has_no_format_of_its_own(project: Project) -> None:
    formats = ("yyyy-MM-dd", "uuuu-MM-dd", "dd.MM.yyyy")
    columns = [
        column(f"day_{at}", "date", logicalTypeOptions={"format": text}) for at, text in enumerate(formats)
    ]
    at = column("at", "timestamp", "timestamp", logicalTypeOptions={"format": "yyyy-MM-dd"})
    project.write(source("shop/orders", *columns, at))
    fields = project.load().datasets[0].fields
    assert [field.source_format for field in fields[1:]] == [None, None, "dd.MM.yyyy", "yyyy-MM-dd"]


def test_reference_says_that_the_domain_is_missing(project: Project) -> None:
    contract = source("shop/orders", column("note", relationships=[{"to": "customers.id"}]))
    del contract["domain"]
    assert any(
        "relationships of note: got '/customers'; allowed: " in line for line in project.faults_of(contract)
    )


def test_name_may_be_as_long_as_iceberg_and_glue_take_it(project: Project) -> None:
    project.write(source("shop/orders", column("n" * 255, description="Long.")))
    assert project.load().datasets[0].fields[1].name == "n" * 255
