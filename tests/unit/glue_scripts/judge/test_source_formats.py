"""Dates and timestamps that sources write in their own way, in every format."""

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.judge.judge import Judge

from lakehouse.model.source_formats import SourceFormat
from tests.unit.glue_scripts.judge.parquet.files import parquet
from tests.unit.glue_scripts.judge.subjects import dataset, lines, verdicts

DAY = date(2026, 1, 31)
AT = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
CASES: list[tuple[str, str, str, Any]] = [
    ("date", "dd/MM/yyyy", "31/01/2026", DAY),
    ("date", "dd/MM/yyyy", "01/31/2026", None),
    ("date", "dd/MM/yyyy", "2026-01-31", None),
    ("date", "dd/MM/yyyy", "31/01/2026 ", None),
    ("date", "dd/MM/yyyy", "30/02/2026", None),
    ("date", "d.M.yy", "31.1.26", DAY),
    ("date", "dd-MMM-yyyy", "31-JAN-2026", DAY),
    ("date", "MMMM d, yyyy", "January 31, 2026", DAY),
    ("date", "yyyyMMdd", "20260131", DAY),
    ("date", "yyyyMMdd", "\u0662\u06600260131", None),
    ("timestamp", "dd.MM.yyyy HH:mm[:ss]", "31.01.2026 09:30", datetime(2026, 1, 31, 9, 30)),
    ("timestamp", "dd.MM.yyyy HH:mm[:ss]", "31.01.2026 09:30:05", datetime(2026, 1, 31, 9, 30, 5)),
    ("timestamp", "dd.MM.yyyy HH:mm[:ss]", "31.01.2026 24:30:05", None),
    ("timestamp", "M/d/yyyy h:mm a", "1/31/2026 12:05 am", datetime(2026, 1, 31, 0, 5)),
    ("timestamp", "M/d/yyyy h:mm a", "1/31/2026 12:05 PM", datetime(2026, 1, 31, 12, 5)),
    ("timestamp", "M/d/yyyy h:mm a", "1/31/2026 1:05 PM", datetime(2026, 1, 31, 13, 5)),
    ("timestamp", "dd/MM/yyyy", "31/01/2026", datetime(2026, 1, 31)),
    ("timestamptz", "yyyyMMddHHmmssSSSSSSSSSX", "20260131093000000001999Z", AT.replace(microsecond=1)),
    ("timestamptz", "yyyy-MM-dd HH:mm:ss[.SSS] z", "2026-01-31 09:30:00 UTC", AT),
    ("timestamptz", "yyyy-MM-dd HH:mm:ss.SSS Z", "2026-01-31 10:30:00.000 +0100", AT),
    ("timestamptz", "EEE, dd MMM yyyy HH:mm:ss z", "Sat, 31 Jan 2026 09:30:00 GMT", AT),
    ("timestamptz", "dd/MM/yyyy HH:mm XXX", "31/01/2026 04:00 -05:30", AT),
    ("timestamptz", "dd/MM/yyyy HH:mm x", "31/01/2026 07:30 -02", AT),
    ("timestamptz", "dd/MM/yyyy XXX", "01/01/0001 +01:00", None),
    ("timestamptz", "epoch_second", "1769851800", AT),
    ("timestamptz", "epoch_second", "1769851800.250", AT.replace(microsecond=250_000)),
    ("timestamptz", "epoch_second", "1.7698518e9", AT),
    ("timestamptz", "epoch_second", "-1", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ("timestamptz", "epoch_second", "1769851800000", None),
    ("timestamptz", "epoch_second", "1e99", None),
    ("timestamptz", "epoch_second", "soon", None),
    ("timestamptz", "epoch_millis", "1769851800000", AT),
]  # fmt: skip


def _subject(kind: str, form: str, of: str) -> Dataset:
    written = {"text": form, "pattern": SourceFormat(form).named_pattern}
    return dataset({"id": "string", "at": kind}, {"at": {"source_format": written}}, {"format": of})


@pytest.mark.parametrize("records", [1, 100], ids=["one by one", "at once"])
@pytest.mark.parametrize("of", ["csv", "json", "parquet"])
@pytest.mark.parametrize("case", CASES, ids=[f"{form} {text!a}" for _, form, text, _ in CASES])
def test_text_is_the_moment_that_its_format_tells(
    case: tuple[str, str, str, Any], of: str, records: int
) -> None:
    kind, form, text, value = case
    contents = {
        "csv": ("id,at\n" + f'a,"{text}"\n' * records).encode(),
        "json": lines(*[{"id": "a", "at": text}] * records),
        "parquet": parquet({"id": ["a"] * records, "at": [text] * records}),
    }
    found = verdicts(_subject(kind, form, of), contents[of])
    outcome = value if value is not None else f"bad_timestamp: at: expected {kind} written as {form}"
    got = [row["at"] for row in found.rows] or [each.breach.rule for each in found.rejected]
    assert got == [outcome] * records


@pytest.mark.parametrize(
    ("number", "value"), [(1769851800, AT), (1769851800.0, AT), (True, None), ([1], None)]
)
def test_number_of_json_is_a_moment_where_the_format_counts_seconds(number: Any, value: Any) -> None:
    found = verdicts(_subject("timestamptz", "epoch_second", "json"), lines({"id": "a", "at": number}))
    assert [row["at"] for row in found.rows] == ([] if value is None else [value])


def test_typed_moments_of_parquet_need_no_format() -> None:
    at = pa.array([AT], pa.timestamp("ms", "UTC"))
    [row] = verdicts(
        _subject("timestamptz", "epoch_second", "parquet"), parquet({"id": ["a"], "at": at})
    ).rows
    assert row["at"] == AT


@pytest.mark.parametrize("of", ["csv", "json"])
def test_other_formats_are_left_to_the_careful_tier(of: str) -> None:
    assert Judge(_subject("date", "dd/MM/yyyy", of), Keys())._tier is None
