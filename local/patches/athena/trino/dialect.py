"""Trino's SQL as sqlglot parses it, but with each function under the name that the query has.

sqlglot gives one meaning to the names of thirty engines: in a tree of its own Trino dialect nobody can tell
whether `ARRAY_SIZE` or `cardinality` was written, and Trino knows only one of them.
"""

from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.trino import Trino

_SPECIAL_SYNTAX = ("CAST", "TRY_CAST", "EXTRACT", "TRIM", "POSITION", "SUBSTRING", "LISTAGG")
"""Functions whose arguments are no plain list: https://trino.io/docs/current/functions/list.html"""


class TrinoNames(Trino):
    """Trino whose functions are `exp.Anonymous` nodes, with the position where they stand."""

    INDEX_OFFSET = 0  # subscripts stay as they are written

    class Parser(Trino.Parser):  # type: ignore[misc, valid-type] # made by sqlglot's metaclass
        """Knows no function by name."""

        FUNCTIONS: ClassVar[dict[str, Any]] = {}
        FUNCTION_PARSERS: ClassVar = {name: Trino.Parser.FUNCTION_PARSERS[name] for name in _SPECIAL_SYNTAX}
        NO_PAREN_FUNCTION_PARSERS: ClassVar = {
            name: Trino.Parser.NO_PAREN_FUNCTION_PARSERS[name] for name in ("ANY", "CASE", "IF")
        }


def renamed(query: exp.Query) -> exp.Query:
    """A tree of any of sqlglot's dialects for Trino, as this one parses it."""
    parsed = TrinoNames().parse(query.sql(dialect="trino"))[0]
    if not isinstance(parsed, exp.Query):
        raise TypeError(f"a query is wanted, got {type(parsed).__name__}")
    return parsed
