import gzip
import io
from dataclasses import replace
from datetime import datetime

import pyarrow.parquet as pq
import pytest

from lakehouse.model.dataset import Dataset, Format, Ingestion, Mode
from lakehouse.model.fields import Field, Scalar
from tests.unit.lakehouse.datasets import NAMING, ORDERS
from tools.ops.firehose.encoding import encode, fitting
from tools.ops.firehose.error_objects import Record


def dataset(file_format: Format) -> Dataset:
    fields = tuple(
        Field(name, kind, required=False, description=name)
        for name, kind in (("id", Scalar.LONG), ("at", Scalar.TIMESTAMPTZ), ("note", Scalar.STRING))
    )
    return replace(ORDERS, fields=fields, ingestion=Ingestion(Mode.STREAM, file_format))


JSON, PARQUET = dataset(Format.JSON), dataset(Format.PARQUET)


def test_json_object_has_each_record_on_a_line_as_it_came() -> None:
    records = [Record(0, b'{"id": 1}\n'), Record(2, b'{"id":2 }'), Record(3, b'{"id": 3}\n{"id": 4}\n')]
    assert fitting(JSON, NAMING, records) == (records, [])
    lines = gzip.decompress(encode(JSON, NAMING, records)).splitlines()
    assert lines == [b'{"id": 1}', b'{"id":2 }', b'{"id": 3}', b'{"id": 4}']


@pytest.mark.parametrize(
    "data",
    [b'{"id": "x"}', b'{"id": 1.5}', b'{"id": [1]}', b'{"id"', b"[1]", b"", b"\xff", b'{"at": "today"}'],
)
def test_record_is_unfit_for_parquet_when_it_does_not_become_a_row(data: bytes) -> None:
    good, bad = Record(0, b'{"id": 1}'), Record(1, data)
    assert fitting(PARQUET, NAMING, [good, bad]) == ([good], [bad])


def test_parquet_object_has_a_row_for_each_json_object_when_records_hold_several() -> None:
    records = [
        Record(0, b'{"id": 1, "at": "2026-01-02T03:04:05Z", "note": {"a": 1}, "unknown": 1}'),
        Record(1, b'{"id": 2}\n{"id": 3}\n'),
    ]
    table = pq.read_table(io.BytesIO(encode(PARQUET, NAMING, records)), coerce_int96_timestamp_unit="us")
    assert table.to_pylist() == [
        {"id": 1, "at": datetime(2026, 1, 2, 3, 4, 5), "note": '{"a": 1}'},
        {"id": 2, "at": None, "note": None},
        {"id": 3, "at": None, "note": None},
    ]
