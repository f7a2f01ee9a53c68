"""Trino's SQL as DuckDB's."""

from sqlglot import exp


class UnknownFunctionError(ValueError):
    """The query calls a function that is not registered."""


def translate(query: exp.Query) -> str:
    """SQL for DuckDB of one query tree parsed as Trino."""
    return query.sql(dialect="duckdb")
