import pytest

from tests.unit.lakehouse.project import Json, Project, column, source

PARQUET = {"mode": "stream", "format": "parquet"}
AT = column("at", "timestamp", "timestamptz")


@pytest.mark.parametrize(
    ("ingestion", "fault"),
    [
        (
            {"mode": "stream", "format": "csv"},
            "format: got 'csv'; allowed: json, parquet for records in mode stream; fix: change mode",
        ),
        (
            {"mode": "stream", "format": "json", "content": "changes"},
            "content: got 'changes'; allowed: records in mode stream: changes come as files",
        ),
        (
            {"mode": "files", "format": "json", "stream": "all"},
            "stream: got 'all'; allowed: stream in mode stream only; fix: remove it, or change the mode",
        ),
        (
            {"mode": "files", "format": "json", "transform": "json_lines"},
            "transform: got 'json_lines'; allowed: transform in mode stream only",
        ),
        (
            {"mode": "files", "format": "json", "nullToken": "NA"},
            "nullToken: got 'NA'; allowed: nothing: JSON has null; fix: remove it",
        ),
        (
            {"mode": "files", "format": "parquet", "nullToken": "NA"},
            "nullToken: got 'NA'; allowed: nothing: Parquet has null",
        ),
        (
            {**PARQUET, "stream": "all"},
            "format: got 'parquet'; allowed: json in a shared stream: Firehose converts by the columns",
        ),
        (
            {**PARQUET, "unknownFields": "rescue"},
            "unknownFields: got 'rescue'; allowed: ignore where Firehose writes Parquet",
        ),
        (
            {"mode": "stream", "format": "json", "stream": "My_Stream"},
            "stream: got 'My_Stream'; allowed: text",
        ),
    ],
)
def test_ingestion_is_refused_when_its_parts_contradict_one_another(
    project: Project, ingestion: Json, fault: str
) -> None:
    found = project.faults_of(source("shop/orders", AT, ingestion=ingestion))
    assert any(f"customProperties[1].value.{fault}" in line for line in found), found


@pytest.mark.parametrize("mode", ["json", "csv", "parquet"])
def test_files_are_accepted_when_their_format_is_any(project: Project, mode: str) -> None:
    project.write(source("shop/orders", AT, ingestion={"mode": "files", "format": mode}))
    assert project.load().warnings == ()


def test_csv_is_refused_when_it_would_have_to_hold_nested_values(project: Project) -> None:
    tags = column("tags", "array", items={"logicalType": "string"})
    fault = project.fault_of(source("shop/orders", tags, ingestion={"mode": "files", "format": "csv"}))
    assert "schema[0].properties[1].logicalType: got 'array'; allowed: a scalar in CSV" in fault


@pytest.mark.parametrize(
    ("odd", "got"),
    [
        (column("price", "number", "decimal(8,2)"), "decimal"),
        (column("photo", "string", "binary"), "binary"),
        (
            column("prices", "array", items={"logicalType": "number", "physicalType": "decimal(8,2)"}),
            "decimal",
        ),
    ],
)
def test_parquet_of_a_stream_is_refused_when_a_type_would_lose_something(
    project: Project, odd: Json, got: str
) -> None:
    fault = project.fault_of(source("shop/orders", odd, ingestion=PARQUET))
    allowed = "types that Firehose converts to Parquet without loss"
    assert f"schema[0].properties[1].logicalType: got '{got}'; allowed: {allowed}" in fault
