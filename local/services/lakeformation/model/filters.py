"""Data cells filters: which columns they show, and by which predicate which rows.

The predicate compares columns with constants: `= > < >= <= <> !=`, `BETWEEN`, `IN`, `LIKE`, `IS [NOT] NULL`,
joined by `AND`, `OR`, `NOT` and parentheses. Functions and column against column are refused, as are columns
of types that are not listed there; dates and timestamps are not.
https://docs.aws.amazon.com/lake-formation/latest/dg/partiql-support.html
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from local.services.lakeformation.model.errors import invalid
from local.services.lakeformation.model.resources import Columns, Filter, columns, data_cells_filter

LONGEST = 2047
"""Characters of a predicate."""
_DEEPEST = 5
"""Levels of a nested name: https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_DataCellsFilter.html"""

_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
_NODES = (
    exp.And, exp.Or, exp.Not, exp.Paren, *_COMPARISONS, exp.Between, exp.In, exp.Like, exp.Is, exp.Column,
    exp.Dot, exp.Identifier, exp.Literal, exp.Neg, exp.Boolean, exp.Null,
)  # fmt: skip
_TEXT = frozenset({exp.DType.TEXT, exp.DType.CHAR, exp.DType.VARCHAR})
_NUMBERS = frozenset({exp.DType.INT, exp.DType.BIGINT, exp.DType.FLOAT, exp.DType.DOUBLE, exp.DType.DECIMAL})
_KINDS = {
    **dict.fromkeys(_TEXT, "string"),
    **dict.fromkeys(_NUMBERS, "number"),
    exp.DType.BOOLEAN: "boolean",
    exp.DType.STRUCT: "struct",
}


@dataclass(frozen=True)
class CellsFilter:
    """A filter on a table.

    Attributes:
        name: Its name among the filters of its table.
        columns: The columns that it shows.
        rows: The predicate of the rows that it shows; None for all rows.
    """

    name: str
    columns: Columns
    rows: str | None


def parse(data: Mapping[str, Any]) -> tuple[Filter, CellsFilter]:
    """The filter that `TableData` of the API, or the properties of the CloudFormation type, mean.

    Raises:
        LakeFormationError: Its columns or rows are said twice, or not at all.
    """
    key, rows = data_cells_filter(data), data.get("RowFilter") or {}
    expression = rows.get("FilterExpression")
    if (expression is None) == (rows.get("AllRowsWildcard") is None):
        raise invalid("Exactly one of FilterExpression and AllRowsWildcard must be given")
    return key, CellsFilter(key.name, columns(data), expression)


def condition(expression: str) -> exp.Expr:
    """The syntax tree of a predicate.

    Raises:
        LakeFormationError: It is too long, malformed, or has what predicates may not have.
    """
    if len(expression) > LONGEST:
        raise invalid(f"Filter expression has {len(expression)} characters, at most {LONGEST} are allowed")
    try:
        parsed = sqlglot.parse(expression, dialect="trino")
    except SqlglotError as error:
        raise invalid(f"Invalid filter expression: {expression}") from error
    if len(parsed) != 1 or parsed[0] is None:
        raise invalid(f"Invalid filter expression: {expression}")
    tree: exp.Expr = parsed[0]
    for node in tree.walk():
        node.comments = None
        if not isinstance(node, _NODES) or (
            isinstance(node, exp.Func) and not isinstance(node, exp.And | exp.Or)
        ):
            raise invalid(f"Unsupported in a filter expression: {node.sql('trino')[:80]}")
    _check_condition(tree)
    return tree


def check(expression: str, types: Mapping[str, str], partition_keys: Collection[str] = ()) -> None:
    """Refuse a predicate that does not fit a table.

    Args:
        expression: The predicate.
        types: Those of the table's columns as Glue writes them, partition keys included.
        partition_keys: Names of the columns that are partition keys.

    Raises:
        LakeFormationError: The predicate is wrong, or names a column that is missing, of a type that filters
            do not support, or of another type than the constant.
    """
    for node in condition(expression).walk():
        if isinstance(node, (exp.Is, exp.Between, exp.In, exp.Like, *_COMPARISONS)):
            path = next(_path(side) for side in (node.this, node.expression) if _is_column(side))
            kind = _kind(path, types)
            if isinstance(node, exp.Is) and path[0] in partition_keys:
                raise invalid(f"IS NULL is not supported on the partition column {path[0]}")
            if wrong := [one for one in _constants(node) if _constant_kind(one) not in (kind, "null")]:
                raise invalid(f"{'.'.join(path)} is a {kind}, and {wrong[0].sql('trino')} is none")


def _check_condition(node: exp.Expr) -> None:
    if isinstance(node, exp.And | exp.Or):
        _check_condition(node.this)
        _check_condition(node.expression)
    elif isinstance(node, exp.Not | exp.Paren):
        _check_condition(node.this)
    elif not _is_comparison(node):
        raise invalid(f"A filter compares a column with constants, got: {node.sql('trino')[:80]}")


def _is_comparison(node: exp.Expr) -> bool:
    if isinstance(node, _COMPARISONS):
        sides = (node.this, node.expression)
        return any(map(_is_column, sides)) and any(map(_is_constant, sides))
    if isinstance(node, exp.In):
        return _is_column(node.this) and bool(node.expressions) and all(map(_is_constant, node.expressions))
    if isinstance(node, exp.Between):
        return _is_column(node.this) and all(map(_is_constant, (node.args["low"], node.args["high"])))
    if isinstance(node, exp.Like):
        return _is_column(node.this) and _constant_kind(node.expression) == "string"
    return isinstance(node, exp.Is) and _is_column(node.this) and isinstance(node.expression, exp.Null)


def _is_column(node: exp.Expr | None) -> bool:
    return isinstance(node, exp.Column) or (isinstance(node, exp.Dot) and _is_column(node.this))


def _is_constant(node: exp.Expr) -> bool:
    return _constant_kind(node) in ("string", "number", "boolean")


def _constant_kind(node: exp.Expr) -> str:
    if isinstance(node, exp.Neg):
        return "number" if _constant_kind(node.this) == "number" else ""
    if isinstance(node, exp.Literal):
        return "string" if node.is_string else "number"
    if isinstance(node, exp.Boolean):
        return "boolean"
    return "null" if isinstance(node, exp.Null) else ""


def _constants(node: exp.Expr) -> Iterator[exp.Expr]:
    sides = [node.expression, *node.expressions, node.args.get("low"), node.args.get("high"), node.this]
    yield from (side for side in sides if side is not None and not _is_column(side))


def _path(node: exp.Expr | None) -> list[str]:
    """The parts of a name, the column first."""
    if isinstance(node, exp.Dot):
        return [*_path(node.this), node.expression.name.lower()]
    return [part.name.lower() for part in node.parts] if isinstance(node, exp.Column) else []


def _kind(path: list[str], types: Mapping[str, str]) -> str:
    """Whether a column, or a field of a struct, holds strings, numbers or booleans."""
    name, known = ".".join(path), {column.lower(): kind for column, kind in types.items()}
    if path[0] not in known:
        raise invalid(f"Column {path[0]} does not exist in the table")
    if len(path) > _DEEPEST:
        raise invalid(f"{name} has {len(path)} levels, at most {_DEEPEST} are allowed")
    found: exp.DataType | None = exp.DataType.build(known[path[0]], dialect="hive")
    for part in path[1:]:
        fields = found.expressions if found and found.this is exp.DType.STRUCT else []
        found = next((one.args["kind"] for one in fields if one.name.lower() == part), None)
    if found is None:
        raise invalid(f"Column {name} does not exist in the table")
    if found.this not in _KINDS:
        raise invalid(f"Column {name} has the type {known[path[0]]}, which filters do not support")
    return _KINDS[found.this]
