"""`INSERT INTO`: read and written as the caller.

https://docs.aws.amazon.com/athena/latest/ug/insert-into.html
"""

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from local.patches.athena.catalog import binding, catalog, governance
from local.patches.athena.engine import engine, types
from local.patches.athena.errors import QueryError
from local.patches.athena.hive import hive_partitions, output, schemas, serdes
from local.patches.athena.iceberg import iceberg
from local.patches.athena.session import Name, Outcome, Session, full_name
from local.patches.athena.trino import parsing
from local.patches.athena.trino.parsing import Cursor


def parse(cursor: Cursor) -> Callable[[Session], Outcome]:
    """`name [(column, …)] query`, after `INSERT INTO`."""
    parts = cursor.name_parts()
    named: list[str] | None = None
    if cursor.peek()[1] == "(" and cursor.tokens[cursor.i + 1][1] not in ("select", "with", "values", "("):
        named = [one.strip(' "').lower() for one in parsing.items(cursor.group())]
    query = parsing.query(cursor.rest())

    def run(session: Session) -> Outcome:
        name = full_name(parts, session)
        table = catalog.require(session, name)
        governance.require(session, name, "INSERT")
        result = engine.run(session, binding.bind(query, session))
        rows = _fitted(types.storable(result.table, result.types), table, named)
        if catalog.is_iceberg(table):
            iceberg.append(session, name, rows)
            return Outcome(written=[], updated=rows.num_rows)
        written = _add_files(session, name, table, rows, serdes.format_of(table))
        return Outcome(written=written, updated=rows.num_rows)

    return run


def register(session: Session, name: Name, table: dict[str, Any], parts: list[output.Part]) -> None:
    """Add the partitions of files that were written to the catalog.

    Raises:
        ClientError: The caller may not.
    """
    if table.get("PartitionKeys"):
        wanted = [(part.values, part.location.rpartition("/")[0]) for part in parts]
        hive_partitions.register(session, name, table, wanted, lenient=True)


def _add_files(
    session: Session, name: Name, table: dict[str, Any], rows: pa.Table, kind: output.Format
) -> list[str]:
    keys = [one["Name"].lower() for one in table.get("PartitionKeys", [])]
    parts = output.write(session.s3, table["StorageDescriptor"]["Location"], rows, keys, kind)
    register(session, name, table, parts)
    return [part.location for part in parts]


def _fitted(rows: pa.Table, table: dict[str, Any], named: list[str] | None) -> pa.Table:
    """Rows with the names and types of a table's columns; columns that are not named become null."""
    target = schemas.arrow(catalog.columns(table))
    target = pa.schema([field.with_name(field.name.lower()) for field in target])
    names = named or target.names
    unknown = sorted({*names} - {*target.names})
    if unknown:
        raise QueryError(
            f"COLUMN_NOT_FOUND: Insert column name does not exist in target table: {', '.join(unknown)}"
        )
    fitting = len(names) == rows.num_columns and all(
        _castable(rows.column(at).type, target.field(name).type) for at, name in enumerate(names)
    )
    if not fitting:
        wanted = ", ".join(str(target.field(name).type) for name in names)
        raise QueryError(
            f"TYPE_MISMATCH: Insert query has mismatched column types: Table: [{wanted}], "
            f"Query: [{', '.join(map(str, rows.schema.types))}]"
        )
    given = dict(zip(names, rows.columns, strict=True))
    columns = [
        given[field.name].cast(field.type) if field.name in given else pa.nulls(rows.num_rows, field.type)
        for field in target
    ]
    return pa.table(columns, schema=target)


def _castable(source: pa.DataType, target: pa.DataType) -> bool:
    """Whether Trino would coerce: text stays text, and null may be anything."""
    return bool(pa.types.is_null(source) or pa.types.is_string(source) == pa.types.is_string(target))
