"""Rows of unit tests as typed tables: values are read as jobs read those of JSON records."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyarrow as pa
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.judge.judge import Judge
from lakehouse_etl.judge.part import Rejected, Source

from config.faults import Fault
from lakehouse.model.dataset import Dataset, Format, Ingestion, Lake, Layer, Mode, Write
from lakehouse.model.fields import Checks
from lakehouse.odcs.lake.unit_tests import Rows
from lakehouse.targets.iceberg import columns
from tools.lake.testing.trial import as_jobs_have_it


@dataclass(frozen=True)
class Typed:
    """Rows of a table, and why some of them have no place in it."""

    rows: pa.Table
    faults: tuple[Fault, ...]


def typed(rows: Rows, table: Dataset, lake: Lake, file: str) -> Typed:
    """Return rows under the types of a dataset's silver or gold table; no rule of its contract counts.

    Args:
        rows: As they are written.
        table: Whose columns they have.
        lake: The lake of that dataset.
        file: Where they are written.
    """
    judge = Judge(as_jobs_have_it(lake, _without_rules(table)), Keys())
    text = "".join(f"{json.dumps(dict(row))}\n" for row in rows.rows)
    parts = list(judge.judged(Source("rows.json", text.encode())))
    good = pa.Table.from_batches([part.rows for part in parts], judge.schema)
    faults = _faults([each for part in parts for each in part.rejected], rows, file)
    # Behind the columns stands what the judge adds, maybe under the name of one of them.
    return Typed(good.select(list(range(len(columns(table))))), tuple(faults))


def _without_rules(table: Dataset) -> Dataset:
    fields = (replace(each, required=False, masking=None, checks=Checks()) for each in columns(table))
    return replace(
        table,
        layer=Layer.SILVER,
        ingestion=Ingestion(Mode.FILES, Format.JSON),
        fields=tuple(fields),
        key=(),
        order_by=(),
        partition=(),
        write=Write.APPEND,
        sql=None,
        inputs=(),
        refresh=None,
        rules=(),
    )


def _faults(rejected: list[Rejected], rows: Rows, file: str) -> Iterator[Fault]:
    for each in rejected:
        at = each.position - 1
        column, _, allowed = each.breach.detail.rpartition(": ")
        got = rows.rows[at].get(column, dict(rows.rows[at]))
        where = f"{file}:{rows.lines[at]}"
        place = f"column {column}" if column else "row"
        yield Fault(where, place, got, allowed.removeprefix("expected "), "change the value")
