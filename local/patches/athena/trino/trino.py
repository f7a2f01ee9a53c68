"""A query of Trino as SQL of DuckDB, with Trino's meaning.

Only what is listed passes: the kinds of nodes in `nodes`, the functions in `functions`. The result calls
macros, so it runs only on a connection that `functions.install` was given.

Where it differs from Trino: a time at a zone is the wall clock of that zone, without the zone; sums, averages
and quotients of decimals have more digits before the point; regular expressions are RE2; formats of dates are
literals; a row's subscript is a name; DuckDB compares and joins some types that Trino refuses to.
"""

from collections.abc import Container, Mapping

import pyarrow as pa
from sqlglot import ErrorLevel, exp

from local.patches.athena.trino import clauses, nodes, operators
from local.patches.athena.trino.calls import Aggregate, UnknownFunctionError
from local.patches.athena.trino.dialect import renamed
from local.patches.athena.trino.functions import MACROS, PREFIX, SAME, aggregates, rules

__all__ = ["UnknownFunctionError", "translate"]


def translate(query: exp.Query, schemas: Mapping[str, pa.Schema] | None = None) -> str:
    """Return a query for DuckDB that means what a query means to Trino.

    Args:
        query: A tree parsed by `dialect.TrinoNames`; one of sqlglot's own Trino dialects is parsed once more.
        schemas: The tables that the query reads: DuckDB must be told which columns are maps (for UNNEST) and
            which are hidden, like `$path`.

    Raises:
        UnknownFunctionError: It calls a function that is not listed.
        ValueError: It has something else that Trino, or the laptop's Athena, does not know.
    """
    tree: exp.Expr = renamed(query) if nodes.named_by_sqlglot(query) else query.copy()
    nodes.check(tree)
    clauses.name_columns(tree)
    clauses.hide(tree, schemas or {})
    maps = clauses.maps(schemas or {})
    for node in reversed(list(tree.bfs())):
        new = _translated(node, maps)
        if new is not None:
            node.replace(new)
    return tree.sql(dialect="duckdb", identify=True, unsupported_level=ErrorLevel.RAISE)


def _translated(node: exp.Expr, maps: Container[str]) -> exp.Expr | None:
    if isinstance(node, exp.Anonymous):
        return _call(node)
    if isinstance(node, exp.Unnest):
        return clauses.unnest(node, maps)
    rule = operators.RULES.get(type(node))
    return rule(node) if rule else None


def _call(node: exp.Anonymous) -> exp.Expr | None:
    name = node.name.lower()
    if name in aggregates.RULES:
        aggregate = Aggregate(node)
        aggregate.outermost.replace(aggregates.RULES[name](aggregate))
        return None
    if name in rules.RULES:
        return rules.RULES[name](list(node.expressions))
    if name in MACROS:
        node.set("this", PREFIX + name)
    elif name not in SAME and name not in aggregates.SAME:
        raise UnknownFunctionError(node)
    return None
