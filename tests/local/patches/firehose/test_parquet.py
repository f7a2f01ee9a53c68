import base64
import io
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pyarrow.parquet as pq
import pytest

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.deliveries import READ, WRITE, Delivery

TABLE = "arn:aws:glue:us-east-1:000000000000"
LOOK_UP = (
    ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"],
    [f"{TABLE}:catalog", f"{TABLE}:database/firehose", f"{TABLE}:table/firehose/readings"],
)
COLUMNS = {
    "device": "string",
    "level": "int",
    "total": "bigint",
    "ratio": "double",
    "ok": "boolean",
    "day": "date",
    "at": "timestamp",
    "tags": "array<string>",
    "place": "struct<ward:string,bed:int>",
    "limits": "map<string,double>",
}
GOOD = {
    "device": "MON-1",
    "level": 3,
    "total": 2**40,
    "ratio": 0.5,
    "ok": True,
    "day": "2026-01-31",
    "at": "2026-01-31T09:30:00.25Z",
    "tags": ["a", "b"],
    "place": {"ward": "ICU", "bed": 4},
    "limits": {"low": 1.5},
    "unknown": "dropped",
}


@pytest.fixture(scope="session")
def table(embedded_aws: EmbeddedAws) -> None:
    """The Glue table by which records are converted."""
    glue = embedded_aws.client("glue")
    glue.create_database(DatabaseInput={"Name": "firehose"})
    columns = [{"Name": name, "Type": kind} for name, kind in COLUMNS.items()]
    glue.create_table(
        DatabaseName="firehose", TableInput={"Name": "readings", "StorageDescriptor": {"Columns": columns}}
    )


@pytest.fixture
def stream(delivery: Callable[..., Delivery], table: None) -> Callable[..., Delivery]:
    def make(*rights: Any, name: str = "readings") -> Delivery:
        return delivery(
            READ,
            WRITE,
            *rights,
            Prefix="good/!{timestamp:yyyy}/",
            ErrorOutputPrefix="errors/!{firehose:error-output-type}/!{timestamp:yyyy}/",
            BufferingHints={"IntervalInSeconds": 60, "SizeInMBs": 64},
            DataFormatConversionConfiguration={
                "Enabled": True,
                "InputFormatConfiguration": {"Deserializer": {"OpenXJsonSerDe": {"CaseInsensitive": False}}},
                "OutputFormatConfiguration": {"Serializer": {"ParquetSerDe": {"Compression": "SNAPPY"}}},
                "SchemaConfiguration": {
                    "CatalogId": "000000000000",
                    "DatabaseName": "firehose",
                    "TableName": name,
                    "Region": "us-east-1",
                    "VersionId": "LATEST",
                },
            },
        )

    return make


def rows(delivered: Delivery) -> list[dict[str, Any]]:
    (key,) = [key for key in delivered.names() if key.startswith("good/")]
    assert key.endswith(".parquet")
    found: list[dict[str, Any]] = pq.read_table(io.BytesIO(delivered.body(key))).to_pylist()
    return found


def failures(delivered: Delivery) -> list[dict[str, Any]]:
    keys = [key for key in delivered.names() if key.startswith("errors/format-conversion-failed/")]
    return [json.loads(line) for key in keys for line in delivered.body(key).splitlines()]


def test_firehose_writes_one_typed_parquet_object_when_records_fit_the_table(
    embedded_aws: EmbeddedAws, stream: Callable[..., Delivery]
) -> None:
    delivered = stream(LOOK_UP)
    delivered.put(json.dumps(GOOD).encode(), b'{"device": "MON-2"}{"device": "MON-3", "level": null}')
    embedded_aws.flush_firehose()
    first, second, third = rows(delivered)
    assert first == {
        **{name: value for name, value in GOOD.items() if name in COLUMNS},
        "day": datetime(2026, 1, 31).date(),
        "at": datetime(2026, 1, 31, 9, 30, 0, 250_000),
        "limits": [("low", 1.5)],
    }
    assert (second["device"], third["device"], third["level"]) == ("MON-2", "MON-3", None)
    assert failures(delivered) == []


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (b"no json", "ParseError"),
        (b"\xff\xfe", "ParseError"),
        (b" ", "MalformedData"),
        (b'[{"device": "MON-1"}]', "MalformedData"),
        (b'{"level": "three"}', "MalformedData"),
        (b'{"level": 2147483648}', "MalformedData"),
        (b'{"at": "2026-01-31T09:30:00+02:00"}', "MalformedData"),
        (b'{"day": "31.1.2026"}', "MalformedData"),
        (b'{"place": "ICU"}', "MalformedData"),
    ],
)
def test_firehose_keeps_a_record_apart_when_it_does_not_fit_the_table(
    embedded_aws: EmbeddedAws, stream: Callable[..., Delivery], record: bytes, code: str
) -> None:
    delivered = stream(LOOK_UP)
    delivered.put(record, b'{"device": "MON-2"}')
    embedded_aws.flush_firehose()
    (failure,) = failures(delivered)
    assert base64.b64decode(failure["rawData"]) == record
    assert failure["lastErrorCode"] == f"DataFormatConversion.{code}"
    assert failure["dataCatalogTable"]["tableName"] == "readings"
    assert [row["device"] for row in rows(delivered)] == ["MON-2"]


@pytest.mark.parametrize(
    ("rights", "name", "code"), [([], "readings", "AccessDenied"), ([LOOK_UP], "absent", "EntityNotFound")]
)
def test_firehose_keeps_all_records_apart_when_it_cannot_read_the_table(
    embedded_aws: EmbeddedAws, stream: Callable[..., Delivery], rights: list[Any], name: str, code: str
) -> None:
    lookup = [(actions, [*arns, f"{TABLE}:table/firehose/absent"]) for actions, arns in rights]
    delivered = stream(*lookup, name=name)
    delivered.put(b'{"device": "MON-1"}', b'{"device": "MON-2"}')
    embedded_aws.flush_firehose()
    assert {failure["lastErrorCode"] for failure in failures(delivered)} == {f"DataFormatConversion.{code}"}
    assert len(failures(delivered)) == len(delivered.names()) + 1
