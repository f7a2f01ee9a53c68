"""Parquet files made for a test, and what the judge makes of them."""

import io
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from lakehouse_etl.judge.judge import Judge
from lakehouse_etl.judge.part import Part, Rejected, Source

from tests.unit.glue_scripts.judge.subjects import KEYS, dataset


def parquet(columns: Mapping[str, Any] | pa.Table, **options: Any) -> bytes:
    """A file of these columns."""
    content = io.BytesIO()
    pq.write_table(columns if isinstance(columns, pa.Table) else pa.table(columns), content, **options)
    return content.getvalue()


def judge_of(
    fields: Mapping[str, Any], rules: Mapping[str, dict[str, Any]] | None = None, **options: Any
) -> Judge:
    """The judge of a dataset of Parquet files."""
    return Judge(dataset(fields, rules, {"format": "parquet"}, **options), KEYS)


def parts_of(judge: Judge, content: bytes, name: str = "t.parquet") -> list[Part]:
    """What comes of a file; each record once, and none that the contract would not let through."""
    parts = list(judge.judged(Source(f"file:/t/{name}", content)))
    for part in parts:
        part.rows.validate(full=True)
        assert part.rows.schema.equals(judge.schema)
        assert len(part.positions) == part.rows.num_rows
        assert {rejected.breach for rejected in part.rejected} <= set(judge.breaches)
        places = [*part.positions.to_pylist(), *(rejected.position for rejected in part.rejected)]
        assert len(set(places)) == len(places)
    return parts


def rows_of(judge: Judge, content: bytes, name: str = "t.parquet") -> list[dict[str, Any]]:
    """The good records of a file."""
    return [row for part in parts_of(judge, content, name) for row in part.rows.to_pylist()]


def rejected_of(judge: Judge, content: bytes, name: str = "t.parquet") -> list[Rejected]:
    """The other records of a file."""
    return [each for part in parts_of(judge, content, name) for each in part.rejected]


def reasons_of(judge: Judge, content: bytes) -> list[str]:
    """Why records of a file are rejected."""
    return [each.breach.reason for each in rejected_of(judge, content)]
