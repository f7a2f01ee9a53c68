"""Reads samples of JSON lines."""

import json
from collections.abc import Collection
from typing import Any

from lakehouse.model.fields import Type
from tools.lake.drafts.samples.names import kept_names
from tools.lake.drafts.samples.nested import fits, nested_type
from tools.lake.drafts.samples.sample import ROWS_MAX, Connection, Rows, Sample, Shape, Source

_READ = """
    CREATE TABLE records AS
    SELECT json FROM read_ndjson_objects(?, ignore_errors=true, compression=?)
    LIMIT ?
"""
_KEYS = """
    SELECT key
    FROM (SELECT number, unnest(keys) AS key, generate_subscripts(keys, 1) AS place
          FROM (SELECT rowid AS number, json_keys(json) AS keys FROM records
                WHERE json_type(json) = 'OBJECT'))
    GROUP BY key
    ORDER BY min(struct_pack(number, place))
"""


def read_json(connection: Connection, source: Source, skip: Collection[str]) -> Sample:
    """Read the lines that are one JSON object each, and count the others.

    Raises:
        InvalidInputError: A key is no name for a column.
    """
    connection.execute(_READ, [str(source.path), source.compression, ROWS_MAX])
    keys = [key for (key,) in connection.execute(_KEYS).fetchall()]
    names = kept_names(source, keys, skip, "key")
    records = connection.table("records")
    objects = records.filter("json_type(json) = 'OBJECT'")
    rows = len(objects)
    values, texts = (
        objects.project(", ".join(f"""json{arrow}'$."{name}"' AS "{name}\"""" for name in names))
        for arrow in ("->", "->>")
    )
    shapes = {name: _shape(values, name) for name in names}
    table = texts.materialize()
    return Sample(source.path.name, "json", table, rows, len(records) - rows, shapes)


def _shape(values: Rows, name: str) -> Shape:
    """Tell what the kinds of JSON values say about a column."""
    [(text,)] = values.aggregate(f'json_group_structure("{name}")').fetchall()
    structure: Any = json.loads(text) if text else "NULL"
    if isinstance(structure, str):
        return Shape(quoted=structure == "VARCHAR", mixed=structure == "JSON")
    kind: Type | None = nested_type(structure)
    if kind is None or not fits(values, name, kind):
        return Shape(mixed=True)
    return Shape(kind)
