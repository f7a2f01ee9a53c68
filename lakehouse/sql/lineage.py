"""Tells of which columns of its inputs each column of a query is made."""

from collections.abc import Iterator, Mapping, Sequence

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node, lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope
from sqlglot.schema import MappingSchema

from lakehouse.sql.parse import DIALECT, parse

Sources = tuple[tuple[str, str], ...]
"""Tables and columns, sorted."""


def made_of(sql: str, tables: Mapping[str, Sequence[str]]) -> dict[str, Sources]:
    """Return the columns that the value of each output is made of; outputs of which it cannot be told lack.

    What decides which rows there are, such as a condition, is none of them.

    Args:
        sql: One query of Spark SQL.
        tables: Names of columns by the names that the SQL has for tables.

    Raises:
        SqlError: It is anything but one query.
    """
    query = parse(sql).copy()
    schema = MappingSchema(dialect=DIALECT)
    for name, columns in tables.items():
        schema.add_table(name, dict.fromkeys(columns, "unknown"))
    try:
        query = qualify(query, dialect=DIALECT, schema=schema, identify=False, quote_identifiers=False)
        scope = build_scope(query)
        return {
            output: found
            for output in query.named_selects
            if (found := _sources(lineage(output, query, schema=schema, dialect=DIALECT, scope=scope)))
        }
    except (SqlglotError, ValueError):
        return {}  # Spark may know what the parser does not


def _sources(node: Node) -> Sources:
    return tuple(sorted(set(_columns(node))))


def _columns(node: Node) -> Iterator[tuple[str, str]]:
    for each in node.walk():
        if not each.downstream and isinstance(each.source, exp.Table):
            column = each.name.rpartition(".")[2]
            yield f"{each.source.db}.{each.source.name}", column
