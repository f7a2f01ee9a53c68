"""Table names as contracts have them, in SQL that Athena is to understand."""

from collections.abc import Iterator
from itertools import pairwise

import sqlglot
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from config.naming import Naming
from lakehouse.model.dataset import Dataset, Lake, Layer
from lakehouse.targets.iceberg import columns

_DIALECT = "trino"


def tables(lake: Lake) -> dict[str, Dataset]:
    """Return the datasets by the names of their tables, `<layer>_<domain>.<dataset>`."""
    return {f"{layer}_{each.domain}.{each.name}": each for each in lake.datasets for layer in _layers(each)}


def physical(sql: str, lake: Lake, naming: Naming) -> str:
    """Exchange the databases `<layer>_<domain>` for those of an environment; all else stays as it is."""
    databases = {
        f"{layer}_{each.domain}": naming.database(layer, each.domain)
        for each in lake.datasets
        for layer in _layers(each)
    }
    for start, end, name in reversed(list(_qualifiers(sql))):
        if name.lower() in databases:
            sql = f'{sql[:start]}"{databases[name.lower()]}"{sql[end:]}'
    return sql


def words(lake: Lake) -> list[str]:
    """Return what a prompt completes: tables, columns, and the words that questions begin with."""
    names = {field.name for each in lake.datasets for field in columns(each)}
    return sorted({*tables(lake), *names, *_WORDS})


def _qualifiers(sql: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and text of each name that stands before a dot; none of what cannot be read."""
    try:
        tokens = sqlglot.tokenize(sql, dialect=_DIALECT)
    except SqlglotError:  # Athena says what is wrong with it
        return
    for token, after in pairwise(tokens):
        if after.token_type is TokenType.DOT and token.token_type in (TokenType.VAR, TokenType.IDENTIFIER):
            yield token.start, token.end + 1, token.text


def _layers(dataset: Dataset) -> tuple[Layer, ...]:
    return (Layer.GOLD,) if dataset.ingestion is None else (Layer.BRONZE, Layer.SILVER, Layer.QUARANTINE)


_WORDS = (
    "AND", "AS", "BETWEEN", "COUNT(*)", "DESC", "DESCRIBE", "DISTINCT", "FROM", "GROUP BY", "HAVING", "JOIN",
    "LIMIT", "ORDER BY", "SELECT", "SHOW TABLES", "WHERE", "WITH",
)  # fmt: skip
