"""Every function of Trino that the laptop's Athena knows; a name that is not here is refused.

Each module holds `SAME`, names that mean the same in DuckDB, and `MACROS`, Trino's signature and what it is
in DuckDB. `aggregates` and `rules` hold those that a macro of DuckDB cannot be.

Source of what each of them does: https://trino.io/docs/current/functions.html
"""

import re
from collections import defaultdict
from collections.abc import Iterator

import duckdb

from local.patches.athena.trino.functions import collections, json, numbers, operators, text, time

_MODULES = (collections, json, numbers, operators, text, time)

PREFIX = "trino_"
"""What the names of our macros begin with, so that they hide no function of DuckDB."""

SAME: frozenset[str] = frozenset(name for module in _MODULES for name in module.SAME)

_BODIES: dict[str, list[tuple[str, str]]] = defaultdict(list)
for _module in _MODULES:
    for _signature, _body in _module.MACROS:
        _name, _, _parameters = _signature.partition("(")
        _BODIES[_name].append(("(" + _parameters, _body))

MACROS: frozenset[str] = frozenset(name for name in _BODIES if not name.startswith(operators.PREFIX))
"""Those that a query may name."""


_SETTINGS = (
    "SET TimeZone = 'UTC'",
    "SET ieee_floating_point_ops = true",
    "SET integer_division = false",
    "SET error_on_division_by_zero = true",
    "SET default_null_order = 'NULLS_LAST'",
)


def install(connection: duckdb.DuckDBPyConnection, sql: str | None = None) -> None:
    """Run the `statements` on a connection."""
    for statement in statements(sql):
        connection.execute(statement)


def statements(sql: str | None = None) -> Iterator[str]:
    """What gives a connection the settings and macros that translated queries need, before it is locked.

    Args:
        sql: The only query that will run, which needs a few of the macros; else all are there.
    """
    yield from _SETTINGS
    called = None if sql is None else {name.lower() for name in re.findall(rf"\b{PREFIX}(\w+)", sql, re.I)}
    for name, bodies in _BODIES.items():
        if called is None or name in called:
            overloads = ", ".join(f"{parameters} AS {body}" for parameters, body in bodies)
            yield f"CREATE OR REPLACE MACRO {PREFIX}{name}{overloads}"
