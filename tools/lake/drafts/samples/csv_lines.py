"""Reads samples of CSV by the reader of the jobs, in whatever dialect they are written."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import islice

import pyarrow as pa
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.judge.csv.file import CsvObjects, Row
from lakehouse_etl.judge.objects import opened

from lakehouse.model.dialect import Dialect
from tools.lake.drafts.samples.dialects import dialect_of, reading_of
from tools.lake.drafts.samples.names import kept_names
from tools.lake.drafts.samples.numbers import with_points
from tools.lake.drafts.samples.sample import ROWS_MAX, Connection, Sample, Source

_AT_ONCE = 20_000
"""Records that are lists of Python before they become columns."""

_USELESS = Breach("bad_header", "expected a first line that names columns")
_NOT_TEXT = "not_utf8"
_FALLBACK = "windows-1252"


def read_csv(connection: Connection, source: Source, skip: Collection[str]) -> Sample:
    """Read the records that fit the header, and count the others.

    Raises:
        InvalidInputError: There is no header by which jobs could find columns.
    """
    dialect, checks = dialect_of(source)
    table, unreadable, no_text = _read(source, dialect)
    if no_text and dialect.encoding == "utf-8":
        dialect = replace(dialect, encoding=_FALLBACK)
        checks.append(f"bytes that are no UTF-8, read as {_FALLBACK}: are all letters right?")
        table, unreadable, _ = _read(source, dialect)
    header = table.column_names
    if not header:
        raise source.refuse("nothing", "a first line that names the columns", "take a file with data")
    places = {f"column_{at}": name for at, name in enumerate(header) if name}
    kept = kept_names(source, [*places.values()], skip, "header")
    if not dialect.header and len(kept) < len(places):
        fix = "leave them in, or have the source write names"
        raise source.refuse("columns to skip", "all columns, where no header names them", fix)
    found = connection.from_arrow(table.rename_columns([f"column_{at}" for at in range(len(header))]))
    by_name = {name: f"column_{header.index(called)}" for name, called in kept.items()}
    texts = found.project(", ".join(f"nullif({at}, '') AS \"{name}\"" for name, at in by_name.items()))
    texts.create("records")
    records, dialect, shapes, marks = with_points(connection.table("records"), dialect)
    named = {} if not dialect.header else kept
    return Sample(
        source.path.name,
        "csv",
        records,
        table.num_rows,
        unreadable,
        shapes,
        named,
        dialect,
        (*checks, *marks),
    )


def first_records(source: Source, dialect: Dialect, count: int) -> list[dict[str, str]]:
    """Return the texts of the first records that can be read, by the names of columns."""
    objects = CsvObjects(reading_of(dialect))
    with opened(source.as_jobs_have_it) as stream, objects.text_of(stream) as text:
        names = [f"column_{at}" for at in range(1, _width(source, dialect) + 1)]
        header, rows = objects.read(text, _USELESS, lambda _: None, names)
        good = (row.values for row in rows if row.breach is None)
        return [dict(zip(header, values, strict=True)) for values in islice(good, count)]


def _read(source: Source, dialect: Dialect) -> tuple[pa.Table, int, bool]:
    """Return the records as columns of texts, how many fit no header, and whether bytes were no text.

    Columns are called as in the header; without one, by their numbers.
    """
    objects = CsvObjects(reading_of(dialect))
    with opened(source.as_jobs_have_it) as stream, objects.text_of(stream) as text:
        names = [f"column_{at}" for at in range(1, _width(source, dialect) + 1)]
        header, rows = objects.read(text, _USELESS, lambda _: None, names)
        return _columns(header, islice(rows, ROWS_MAX))


def _width(source: Source, dialect: Dialect) -> int:
    """Return how many columns there are, where no header tells."""
    if dialect.header:
        return 0
    objects = CsvObjects(reading_of(replace(dialect, header=True)))
    with opened(source.as_jobs_have_it) as stream, objects.text_of(stream) as text:
        return len(objects.read(text, _USELESS, lambda _: None, [])[0])


def _columns(header: Sequence[str], rows: Iterable[Row]) -> tuple[pa.Table, int, bool]:
    schema = pa.schema([(name, pa.string()) for name in header])
    batches, unreadable, no_text = [], 0, False
    found = iter(rows)
    while some := list(islice(found, _AT_ONCE)):
        good = [row.values for row in some if row.breach is None]
        unreadable += len(some) - len(good)
        no_text |= any(row.breach is not None and row.breach.reason == _NOT_TEXT for row in some)
        columns = zip(*good, strict=True) if good else [()] * len(header)
        arrays = [pa.array(column, pa.string()) for column in columns]
        batches.append(pa.RecordBatch.from_arrays(arrays, schema=schema))
    return pa.Table.from_batches(batches, schema), unreadable, no_text
