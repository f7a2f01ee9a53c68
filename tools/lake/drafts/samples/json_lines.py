"""Reads samples of JSON lines by the reader of the jobs."""

import json
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any

import pyarrow as pa
from lakehouse_etl.judge.json.lines import filled_lines
from lakehouse_etl.judge.json.parsing import MalformedError, Repeating, has_half_characters, objects
from lakehouse_etl.judge.objects import opened

from lakehouse.model.fields import Type
from tools.lake.drafts.samples.names import kept_names
from tools.lake.drafts.samples.nested import fits, nested_type
from tools.lake.drafts.samples.sample import ROWS_MAX, Connection, Rows, Sample, Shape, Source

_KEYS = """
    SELECT key
    FROM (SELECT number, unnest(keys) AS key, generate_subscripts(keys, 1) AS place
          FROM (SELECT rowid AS number, json_keys(json) AS keys FROM records))
    GROUP BY key
    ORDER BY min(struct_pack(number, place))
"""

_SEVERAL = "several kinds of values, as their JSON text"


def read_json(connection: Connection, source: Source, skip: Collection[str]) -> Sample:
    """Read the records, and count what is none.

    Raises:
        InvalidInputError: No column is left.
    """
    texts = list(islice(_objects(source), ROWS_MAX))
    found = pa.table({"json": pa.array([text for text in texts if text is not None], pa.string())})
    connection.from_arrow(found).project("CAST(json AS JSON) AS json").create("records")
    keys = [key for (key,) in connection.execute(_KEYS).fetchall()]
    names = kept_names(source, keys, skip, "key")
    records = connection.table("records")
    values, columns = (
        records.project(", ".join(f'json{arrow}{_pointer(key)} AS "{name}"' for name, key in names.items()))
        for arrow in ("->", "->>")
    )
    shapes = {name: _shape(values, name) for name in names}
    table = columns.materialize()
    return Sample(source.path.name, "json", table, found.num_rows, len(texts) - found.num_rows, shapes, names)


def first_objects(source: Source, count: int) -> list[str]:
    """Return the texts of the first records that can be read."""
    return list(islice((text for text in _objects(source) if text is not None), count))


def _objects(source: Source) -> Iterator[str | None]:
    """Yield the text of each record; None of what is none, as jobs would have it."""
    with opened(source.as_jobs_have_it) as stream:
        for line in filled_lines(stream):
            try:
                found = objects(line.decode())
            except (MalformedError, UnicodeDecodeError):
                yield None
                continue
            for text, members in found:
                yield None if isinstance(members, Repeating) or has_half_characters(text) else text


def _pointer(key: str) -> str:
    """Return the way to a member, as RFC 6901 writes it, in SQL."""
    escaped = key.replace("~", "~0").replace("/", "~1").replace("'", "''")
    return f"'/{escaped}'"


def _shape(values: Rows, name: str) -> Shape:
    """Tell what the kinds of JSON values say about a column."""
    [(text,)] = values.aggregate(f'json_group_structure("{name}")').fetchall()
    structure: Any = json.loads(text) if text else "NULL"
    if isinstance(structure, str):
        return Shape(quoted=structure == "VARCHAR")
    kind: Type | None = nested_type(structure)
    if kind is None or not fits(values, name, kind):
        return Shape(text=_SEVERAL)
    return Shape(kind)
