"""Athena: Trino's SQL over Glue's catalog, everything under the permissions of who asks.

ministack 1.5.33 hands the caller's text to an open DuckDB inside of the emulator's own process: it reads
any file of the machine, asks nobody's permission for a table, drops and creates tables for everybody. It
also reads an Iceberg table's files as CSV, loses the digits of decimals and the zone of timestamps, and
writes a result to another key than it reports. Here a statement is parsed as Trino, its tables are looked
up and read with the caller's credentials, and a locked DuckDB that sees nothing but those rows runs what
was translated.

Where Lake Formation governs a table, `catalog.governance` holds back what the caller may not see.

A statement needs the caller's `s3:GetBucketLocation` and `s3:PutObject` for its result; a table
`glue:GetTable` and `s3:GetObject`, and `s3:ListBucket` if it is a folder of files; DDL what Glue's own call
needs.

Proven by `tests/local/patches/athena`. Not emulated: DELETE, UPDATE, MERGE, OPTIMIZE, VACUUM, EXPLAIN, ORC
and Avro, federated catalogs, scan limits, encryption of results.
"""

import asyncio
import json
from typing import Any

from ministack.core.router import extract_access_key_id
from ministack.services import athena

from local.patches.athena import access, executions
from local.patches.athena.catalog import metadata
from local.patches.iam import roles

_emulator_handle = athena.handle_request


def apply() -> None:
    """Take over how statements run, where results go and who may see what."""
    athena.handle_request = _handle
    athena._start_query_execution = executions.start
    athena._execute_query = executions.execute
    athena._stop_query_execution = executions.stop
    athena._get_query_results = executions.results
    access.complete_resources()


async def _handle(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Any:
    roles.remember_caller(extract_access_key_id(headers, query))
    action = headers.get("x-amz-target", "").rpartition(".")[2]
    if action in metadata.ACTIONS:
        return await asyncio.to_thread(metadata.answer, action, json.loads(body))
    return await _emulator_handle(method, path, headers, body, query)
