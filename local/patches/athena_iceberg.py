"""Athena reads Glue Iceberg tables, and reads and writes everything under the permissions of who asks.

ministack 1.5.33 reads an Iceberg table's files as CSV and fails, loses the digits of decimals and the zone
of timestamps, writes a result to another key than it reports, and asks nobody's permission. Here an Iceberg
table is its current snapshot, read by PyIceberg: schema evolution, renames and positional deletes included;
equality deletes raise. Each table of a query needs the caller's `glue:GetTable` and `s3:GetObject`, and
`s3:ListBucket` if it is a folder of files, the first of which stands for all; the result needs
`s3:GetBucketLocation` and `s3:PutObject`.

Proven by `tests/local/patches/test_athena_iceberg.py`. Not emulated: Trino's own functions (DuckDB runs the
query), views, Lake Formation, time travel.
"""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import duckdb
import pyarrow as pa
from botocore.exceptions import ClientError
from ministack.core.router import extract_access_key_id
from ministack.services import athena

from local import object_io
from local.patches import athena_text, roles

_emulator_handle = athena.handle_request
_emulator_results = athena._get_query_results


def apply() -> None:
    """Take over how queries run and where results go."""
    athena.handle_request = _handle
    athena._run_duckdb = _run
    athena._save_query_results = _save
    athena._get_query_results = _results


async def _handle(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Any:
    roles.remember_caller(extract_access_key_id(headers, query))
    return await _emulator_handle(method, path, headers, body, query)


async def _run(query: str, database: str, catalog: str | None = None) -> dict[str, Any]:
    query, tables = await asyncio.to_thread(_bind, query, database)
    rewritten, _, work_directories = await athena._rewrite_data_paths(query, database, catalog)
    try:
        return await asyncio.to_thread(_execute, rewritten, tables)
    finally:
        for directory in work_directories:
            athena.shutil.rmtree(directory, ignore_errors=True)


def _execute(query: str, tables: dict[str, pa.Table]) -> dict[str, Any]:
    with duckdb.connect(":memory:") as connection:
        connection.execute(
            "SET disabled_optimizers = 'type_pushdown'"
        )  # lenient CSV casts, as the emulator sets
        for name, table in tables.items():
            connection.register(name, table)
        result = connection.sql(query)
        if result is None:  # a statement without result
            return {"columns": [], "column_types": [], "rows": []}
        return {
            "columns": result.columns,
            "column_types": [athena_text.type_name(kind) for kind in result.types],
            "rows": athena_text.rows(result),
        }


def _bind(query: str, database: str) -> tuple[str, dict[str, pa.Table]]:
    """Check that the caller may read each table, and put snapshots in the place of Iceberg tables."""
    tables: dict[str, pa.Table] = {}
    edits: set[tuple[int, int, str]] = set()
    caller = roles.caller()
    s3 = roles.client("s3", caller)
    for reference in athena._table_references(query):
        name = reference.database or database
        table = _glue_table(caller, name, reference.table)
        if table is None and reference.database:
            full_name = f"awsdatacatalog.{name}.{reference.table}"
            raise ValueError(f"TABLE_NOT_FOUND: Table '{full_name}' does not exist")
        if table is None:
            continue
        if table.get("Parameters", {}).get("table_type", "").upper() != "ICEBERG":
            _check_files(s3, table["StorageDescriptor"]["Location"])
            continue
        view = f"snapshot_{len(tables)}"
        tables[view] = object_io.open_table(s3, table["Parameters"]["metadata_location"]).scan().to_arrow()
        edit = (
            reference.start,
            reference.end,
            view if reference.aliased else f'{view} AS "{reference.table}"',
        )
        edits.add(edit)
        if not reference.aliased:
            edits.update(athena._qualified_column_prefixes(query, name, reference.table, edit))
    for start, end, text in sorted(edits, reverse=True):
        query = query[:start] + text + query[end:]
    return query, tables


def _glue_table(caller: dict[str, str], database: str, table: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = roles.client("glue", caller).get_table(DatabaseName=database, Name=table)[
            "Table"
        ]
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            return None
        raise
    return found


def _check_files(s3: Any, location: str) -> None:
    place = urlsplit(location)
    prefix = place.path.strip("/") + "/"
    for entry in s3.list_objects_v2(Bucket=place.netloc, Prefix=prefix, MaxKeys=1).get("Contents", []):
        s3.get_object(Bucket=place.netloc, Key=entry["Key"])["Body"].close()


async def _save(query_id: str) -> None:
    execution = athena._executions[query_id]
    execution["Status"]["State"] = "RUNNING"  # until the result can be read
    await asyncio.to_thread(_write, execution)
    execution["Status"]["State"] = "SUCCEEDED"


def _write(execution: dict[str, Any]) -> None:
    results, place = execution["_results"], urlsplit(execution["ResultConfiguration"]["OutputLocation"])
    s3, key = roles.client("s3", roles.caller()), place.path[1:]
    s3.get_bucket_location(Bucket=place.netloc)
    body = athena_text.csv_document(results["columns"], results["rows"])
    s3.put_object(Bucket=place.netloc, Key=key, Body=body, ContentType="text/csv")
    s3.put_object(Bucket=place.netloc, Key=f"{key}.metadata", Body=",".join(execution["_column_types"]))


def _results(data: dict[str, Any]) -> Any:
    status, headers, body = _emulator_results(data)
    answer = json.loads(body)
    for column in answer.get("ResultSet", {}).get("ResultSetMetadata", {}).get("ColumnInfo", []):
        if digits := athena_text.precision(column["Type"]):
            column["Type"], column["Precision"], column["Scale"] = "decimal", *digits
    return status, headers, json.dumps(answer).encode()
