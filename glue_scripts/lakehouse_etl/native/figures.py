"""Finds figures of rows in DuckDB."""

from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa

from lakehouse_etl.contract.table_rules import Figure
from lakehouse_etl.job.discretion import words_of
from lakehouse_etl.native.engine import engine
from lakehouse_etl.quality.measured import VIEW
from lakehouse_etl.quality.meter import Changed, MeterError


class RowsMeter:
    """Measures rows that are in no table."""

    def figures(self, figures: Sequence[Figure], rows: pa.Table | None) -> Sequence[Any]:
        """Return figures of some rows, from one scan."""
        return found(figures, rows)

    def since(self, _snapshot_id: int, _figures: Sequence[Figure]) -> Changed | None:
        """Tell nothing: rows have no history."""
        return None

    def query(self, sql: str, _rows: pa.Table | None) -> Sequence[Sequence[Any]]:
        """Refuse: whoever measures looks first whether all rules are known to DuckDB."""
        raise MeterError(f"`{sql}` is for Spark alone")


def sql_of(figures: Sequence[Figure]) -> str:
    """Return the query for figures."""
    return f"SELECT {', '.join(str(figure.duckdb) for figure in figures)} FROM {VIEW}"  # noqa: S608 (of the contract)


def found(figures: Sequence[Figure], rows: Any) -> Sequence[Any]:
    """Return figures of a table or a stream of rows, from one scan; raises MeterError."""
    try:
        with engine(**{VIEW: rows}) as connection:
            [values] = connection.execute(sql_of(figures)).fetchmany(2)
    except duckdb.Error as error:
        raise MeterError(words_of(error).splitlines()[0]) from error
    return list(values)
