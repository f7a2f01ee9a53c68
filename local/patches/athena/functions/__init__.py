"""Every function of Trino that the laptop's Athena knows; a name that is not here is refused.

Each module holds `SAME`, names that mean the same in DuckDB, and `MACROS`, Trino's signature and what it is
in DuckDB. `aggregates` and `rules` hold those that a macro of DuckDB cannot be.

Source of what each of them does: https://trino.io/docs/current/functions.html
"""

from collections import defaultdict
from collections.abc import Iterator

import duckdb

from local.patches.athena.functions import binary, collections, json, numbers, operators, text, time

_MODULES = (binary, collections, json, numbers, operators, text, time)

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


def install(connection: duckdb.DuckDBPyConnection) -> None:
    """Give a connection what translated queries call: macros, and the settings under which they are right."""
    for statement in statements():
        connection.execute(statement)


def statements() -> Iterator[str]:
    """The statements of `install`; they must run before the configuration is locked."""
    yield "SET TimeZone = 'UTC'"
    yield "SET ieee_floating_point_ops = true"
    yield "SET integer_division = false"
    yield "SET error_on_division_by_zero = true"
    yield "SET default_null_order = 'NULLS_LAST'"
    for name, bodies in _BODIES.items():
        overloads = ", ".join(f"{parameters} AS {body}" for parameters, body in bodies)
        yield f"CREATE OR REPLACE MACRO {PREFIX}{name}{overloads}"
