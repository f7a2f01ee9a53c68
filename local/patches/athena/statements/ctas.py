"""`CREATE TABLE AS`: read, written and catalogued as the caller.

https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html
"""

import re
from collections.abc import Callable

from sqlglot import exp

from local.patches.athena.catalog import binding, catalog
from local.patches.athena.engine import engine, types
from local.patches.athena.errors import QueryError, malformed
from local.patches.athena.hive import output, serdes
from local.patches.athena.iceberg import iceberg
from local.patches.athena.session import Name, Outcome, Session, full_name
from local.patches.athena.statements import create, properties
from local.patches.athena.statements.insert import register
from local.patches.athena.trino import parsing
from local.patches.athena.trino.parsing import Cursor, Value

_DATA = re.compile(r"\bWITH\s+(NO\s+)?DATA\s*$", re.IGNORECASE)
_PROPERTIES = (
    "format", "external_location", "location", "partitioned_by", "partitioning", "table_type", "is_external",
    "field_delimiter", "write_compression", "parquet_compression",
)  # fmt: skip


def parse(cursor: Cursor, parts: tuple[str | None, ...], lenient: bool) -> Callable[[Session], Outcome]:
    """`[WITH (…)] AS query [WITH [NO] DATA]`, after the name of the table.

    Raises:
        RefusedError: It is malformed, or has a property that is not supported.
    """
    given = properties.parse(cursor, _PROPERTIES)
    if not cursor.keywords("as"):
        raise malformed(cursor.rest(), "AS")
    sql = cursor.rest()
    ending = _DATA.search(sql)
    query = parsing.query(sql[: ending.start()] if ending else sql)
    if ending and ending[1]:
        query = exp.select("*").from_(exp.Subquery(this=query, alias=exp.TableAlias(this="q"))).limit(0)

    def run(session: Session) -> Outcome:
        name = full_name(parts, session)
        create.require_database(session, name)
        if catalog.find(session, name) is not None:
            if lenient:
                return Outcome(written=[])
            raise QueryError(f"TABLE_ALREADY_EXISTS: Table '{name}' already exists")
        result = engine.run(session, binding.bind(query, session))
        _require_names(result)
        is_iceberg = str(given.get("table_type", "")).upper() == "ICEBERG"
        return (_create_iceberg if is_iceberg else _create_hive)(session, name, result, given)

    return run


def _create_iceberg(session: Session, name: Name, result: engine.Result, given: dict[str, Value]) -> Outcome:
    location = str(given.get("location") or given.get("external_location") or "")
    if not location.startswith("s3://"):
        raise QueryError("INVALID_TABLE_PROPERTY: an Iceberg table needs the property location = 's3://…'")
    rows = types.storable(result.table, result.types)
    partitioning = given.get("partitioning") or given.get("partitioned_by")
    output.require_empty(session.s3, location)
    names = partitioning if isinstance(partitioning, list) else []
    iceberg.create(session, name, rows.schema, location, names)
    iceberg.append(session, name, rows)
    return Outcome(written=[], updated=rows.num_rows)


def _create_hive(session: Session, name: Name, result: engine.Result, given: dict[str, Value]) -> Outcome:
    kind = properties.format_of(given, "write_compression", "parquet_compression")
    rows = types.storable(result.table, result.types)
    keys = properties.partition_keys(given, rows)
    location = session.table_location(str(given.get("external_location", "")))
    output.require_empty(session.s3, location)
    columns = [
        {"Name": column.lower(), "Type": types.hive(one)}
        for column, one in zip(result.columns, result.types, strict=True)
    ]
    table = {
        "Name": name.table,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {
            "EXTERNAL": "TRUE",
            "has_encrypted_data": "false",
            "classification": kind.name.lower(),
        },
        "StorageDescriptor": {
            "Location": location,
            "Columns": [one for one in columns if one["Name"] not in keys],
            **serdes.storage(kind),
        },
        "PartitionKeys": [one for one in columns if one["Name"] in keys],
    }
    rows = rows.rename_columns([column.lower() for column in rows.column_names])
    parts = output.write(session.s3, location, rows, keys, kind)
    session.glue.create_table(DatabaseName=name.database, TableInput=table)
    register(session, name, table, parts)
    return Outcome(written=[part.location for part in parts], updated=rows.num_rows)


def _require_names(result: engine.Result) -> None:
    lowered = [column.lower() for column in result.columns]
    if twice := sorted({column for column in lowered if lowered.count(column) > 1}):
        raise QueryError(f"DUPLICATE_COLUMN_NAME: Column name '{twice[0]}' specified more than once")
