import re

import pytest

from lakehouse.model.dataset import Format, Ingestion, Mode, PartitionField, Write
from tests.unit.lakehouse.project import Project, column, source

COLUMNS = (column("at", "timestamp", "timestamptz"), column("note"))


def test_extension_is_read_when_every_property_is_given(project: Project) -> None:
    project.write(
        source(
            "shop/orders",
            *COLUMNS,
            ingestion={"mode": "files", "format": "csv", "nullToken": "NA"},
            order_by=["at", "note"],
            partition=[
                "day(at)",
                "bucket(16, note)",
                "order_id",
                {"source": "note", "transform": "truncate[4]"},
            ],
            write="overwrite",
        )
    )
    (dataset,) = project.load().datasets
    assert dataset.ingestion == Ingestion(Mode.FILES, Format.CSV, "NA")
    assert (dataset.order_by, dataset.write) == (("at", "note"), Write.OVERWRITE)
    assert dataset.partition == (
        PartitionField("at", "day"),
        PartitionField("note", "bucket[16]"),
        PartitionField("order_id", "identity"),
        PartitionField("note", "truncate[4]"),
    )


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        (
            "writes",
            "merge",
            r"\[2\]\.value: got 'lake\.writes'; allowed: lake\.engine, .*; fix: did you mean 'lake\.w",
        ),
        ("layer", "bronze", r"\[0\]\.value: got 'bronze'; allowed: 'silver' or 'gold'"),
        (
            "write",
            "upsert",
            r"got 'upsert'; allowed: 'merge', 'append', 'overwrite' or 'overwrite_partitions'",
        ),
        (
            "ingestion",
            {"mode": "queue", "format": "json"},
            r"\[1\]\.value\.mode: got 'queue'; allowed: 'stream' or 'files'",
        ),
        (
            "ingestion",
            {"mode": "files", "format": "xml"},
            r"value\.format: got 'xml'; allowed: 'json', 'csv' or 'parquet'",
        ),
        (
            "ingestion",
            {"mode": "files", "format": "csv", "nulltoken": "NA"},
            r"\[1\]\.value\.nulltoken: .*; allowed: .*, nullToken, .*did you mean 'nullToken'",
        ),
        (
            "ingestion",
            {"mode": "files"},
            r"\[1\]\.value\.format: got 'nothing'; allowed: a value, which has no default; fix: add the key",
        ),
        (
            "quality_gate",
            {"maxRejectedRatio": 5},
            r"value\.maxRejectedRatio: got 5; allowed: less than or equal to 1",
        ),
        (
            "quality_gate",
            {"maxRejectedRatio": "0"},
            r"value\.maxRejectedRatio: got '0'; allowed: a valid number",
        ),
        ("version", {"marker": "DONE"}, r"\[2\]\.value\.marker: got 'DONE'; allowed: text that matches"),
        ("version", {"marker": "_DONE."}, r"\.value\.marker: got '_DONE\.'; allowed: text that matches"),
        ("version", {"marker": f"_{'m' * 100}"}, r"\.value\.marker: .*; allowed: .*100 characters"),
        ("order_by", "at", r"\[2\]\.value: got 'at'; allowed: a valid (tuple|array)"),
        (
            "partition",
            ["week(at)"],
            r"\[2\]\.value\[0\]\.transform: got 'week'; allowed: text that matches",
        ),
        (
            "partition",
            [{"source": "at", "transfrm": "day"}],
            r"transfrm: got .*; fix: did you mean 'transform'\?",
        ),
    ],
)
def test_extension_is_refused_when_a_property_is_wrong(
    project: Project, name: str, value: object, fault: str
) -> None:
    project.write(source("shop/orders", *COLUMNS, **{name: value}))
    faults = project.faults()
    assert any(re.search(fault, line) for line in faults), faults


def test_extension_is_refused_when_it_lacks_the_layer(project: Project) -> None:
    contract = source()
    del contract["customProperties"][0]
    fault = project.fault_of(contract)
    assert (
        "customProperties.lake.layer: got 'nothing'; allowed: a value, which has no default; fix: add the key"
        in fault
    )


def test_extension_is_refused_when_a_property_is_repeated(project: Project) -> None:
    contract = source()
    contract["customProperties"] *= 2
    project.write(contract)
    assert [
        "property: got 'lake.layer'; allowed: each property once" in line for line in project.faults()
    ] == [
        True,
        False,
    ]
