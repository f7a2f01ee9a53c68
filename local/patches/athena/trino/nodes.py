"""The kinds of nodes that a query may have: everything else is not Trino's, or is not on the laptop."""

from sqlglot import exp

from local.patches.athena.trino.calls import UnknownFunctionError

_QUERIES = (
    exp.Select, exp.Union, exp.Except, exp.Intersect, exp.Subquery, exp.With, exp.CTE, exp.From, exp.Join,
    exp.Table, exp.TableAlias, exp.TableSample, exp.Lateral, exp.Unnest, exp.Values, exp.Where, exp.Group,
    exp.Having, exp.GroupingSets, exp.Cube, exp.Rollup, exp.Order, exp.Ordered, exp.Limit, exp.Fetch,
    exp.LimitOptions, exp.Offset, exp.Distinct,
)  # fmt: skip
_VALUES = (
    exp.Alias, exp.Column, exp.Identifier, exp.Star, exp.Literal, exp.Boolean, exp.Null, exp.Tuple, exp.Paren,
    exp.Dot, exp.HexString, exp.Interval, exp.IntervalSpan, exp.Var, exp.DataType, exp.DataTypeParam,
    exp.ColumnDef, exp.Lambda, exp.Array, exp.Bracket,
)  # fmt: skip
_OPERATORS = (
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ,
    exp.NullSafeNEQ, exp.Is, exp.In, exp.Between, exp.Like, exp.Escape, exp.Exists, exp.Any, exp.All, exp.Add,
    exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.DPipe, exp.AtTimeZone,
)  # fmt: skip
_CALLS = (
    exp.Anonymous, exp.Case, exp.If, exp.Cast, exp.TryCast, exp.Extract, exp.Trim, exp.StrPosition,
    exp.Substring, exp.GroupConcat, exp.Window, exp.WindowSpec, exp.Filter, exp.IgnoreNulls, exp.RespectNulls,
    exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.Localtime, exp.Localtimestamp,
)  # fmt: skip
_JOINS = ("", "CROSS", "INNER", "OUTER")
_ALLOWED = frozenset((*_QUERIES, *_VALUES, *_OPERATORS, *_CALLS))

_FOREIGN: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.Star: ("except_", "replace", "rename"),
    exp.Distinct: ("on",),
    exp.Join: ("method", "global_", "match_condition"),
    exp.Group: ("all", "totals"),
    exp.Ordered: ("with_fill",),
    exp.LimitOptions: ("percent", "with_ties"),
    exp.Select: (
        "kind", "hint", "into", "qualify", "connect", "cluster", "distribute", "sort", "sample", "settings"
    ),
    exp.Table: ("version", "when", "pivots", "hints", "only", "changes", "partition", "rows_from"),
    exp.Union: ("by_name", "side", "kind", "on"),
}  # fmt: skip
"""Arguments that other engines have."""


def named_by_sqlglot(query: exp.Query) -> bool:
    """Whether functions have become sqlglot's own nodes, so that their names are lost."""
    return any(type(node) not in _ALLOWED for node in query.find_all(exp.Func))


def check(query: exp.Expr) -> None:
    """Refuse what is not listed.

    Raises:
        UnknownFunctionError: A function with a syntax of its own is not listed.
        ValueError: Something else is not.
    """
    for node in query.walk():
        if type(node) not in _ALLOWED:
            raise (
                UnknownFunctionError(node)
                if isinstance(node, exp.Func)
                else _refused(node, type(node).__name__)
            )
        foreign = next((name for name in _FOREIGN.get(type(node), ()) if node.args.get(name)), None)
        if foreign:
            raise _refused(node, foreign.strip("_"))
        _check_names(node)


def _check_names(node: exp.Expr) -> None:
    if isinstance(node, exp.Table) and not isinstance(node.this, exp.Identifier):
        raise UnknownFunctionError(node.this) if isinstance(node.this, exp.Func) else _refused(node, "table")
    if isinstance(node, exp.Join) and node.kind not in _JOINS:
        raise _refused(node, f"{node.kind} JOIN")
    if isinstance(node, exp.DataType) and node.this in (exp.DType.USERDEFINED, exp.DType.UNKNOWN):
        raise _refused(node, "type")


def _refused(node: exp.Expr, what: str) -> ValueError:
    return ValueError(f"SYNTAX_ERROR: {what} is not supported: {node.sql('trino')[:100]}")
