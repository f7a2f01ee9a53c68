"""Columns of Glue, with Hive's types, as Arrow schemas."""

from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp
from sqlglot.errors import SqlglotError

from local.patches.athena.errors import QueryError


def arrow(columns: Sequence[dict[str, Any]]) -> pa.Schema:
    """The Arrow schema of columns such as `{"Name": "id", "Type": "bigint"}`.

    Raises:
        QueryError: A type is unknown.
    """
    if not columns:
        return pa.schema([])
    with duckdb.connect(":memory:", config={"enable_external_access": "false"}) as connection:
        selected = [exp.alias_(exp.cast(exp.Null(), _type(one)), one["Name"], quoted=True) for one in columns]
        empty = exp.select(*selected).limit(0).sql(dialect="duckdb")
        return connection.sql(empty).to_arrow_table().schema


def _type(column: dict[str, Any]) -> exp.DataType:
    text = str(column.get("Type", "string"))
    try:
        found = exp.DataType.build(text, dialect="hive")
    except SqlglotError as error:
        raise QueryError(f"FAILED: ParseException column {column['Name']}: unknown type {text}") from error
    if any(one.this == exp.DataType.Type.USERDEFINED for one in found.find_all(exp.DataType)):
        raise QueryError(f"FAILED: ParseException column {column['Name']}: unknown type {text}")
    return found
