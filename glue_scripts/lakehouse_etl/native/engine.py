"""DuckDB as runs use it: nothing is fetched, and times are in UTC."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from tempfile import gettempdir
from typing import Any

import duckdb
import pyarrow as pa

_SETTINGS = {
    "temp_directory": gettempdir(),  # what has no room in memory; a function may write nowhere else
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "ieee_floating_point_ops": "false",  # a division by zero fails, as it does in Spark
    "python_enable_replacements": "false",  # a name in SQL is that of a table, never of a variable
}


@contextmanager
def engine(**tables: Any) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a database in memory that shows Arrow tables, or streams of them, under names."""
    connection = duckdb.connect(config=dict(_SETTINGS))
    try:
        connection.execute("SET TimeZone = 'UTC'")
        for name, table in tables.items():
            connection.register(name, table)
        yield connection
    finally:
        connection.close()


def query(sql: str, tables: Mapping[str, Any]) -> pa.Table:
    """Return the answer to a query on Arrow tables."""
    with engine(**tables) as connection:
        return connection.sql(sql).to_arrow_table()


def quoted(name: str, of: str = "") -> str:
    """Return a column's name as SQL writes it, of a table if one is named."""
    text = '"{}"'.format(name.replace('"', '""'))
    return f"{of}.{text}" if of else text


def listed(names: Iterable[str], of: str = "") -> str:
    """Return names of columns as SQL lists them."""
    return ", ".join(quoted(name, of) for name in names)
