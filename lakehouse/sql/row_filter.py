"""Checks conditions on rows, as Lake Formation's data filters take them.

https://docs.aws.amazon.com/lake-formation/latest/dg/partiql-support.html
"""

from collections.abc import Iterator, Mapping, Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from lakehouse.model.fields import Decimal, Scalar, Type

LENGTH_MAX = 2047
"""Characters of a condition."""

_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In, exp.Like, exp.Is)
_LOGIC = (exp.And, exp.Or, exp.Not, exp.Paren)
_CONSTANTS = (exp.Literal, exp.Boolean, exp.Null, exp.Neg)
_SCALARS = (Scalar.STRING, Scalar.INT, Scalar.LONG, Scalar.FLOAT, Scalar.DOUBLE, Scalar.BOOLEAN)

ALLOWED = (
    "comparisons of one column with constants (=, <>, <, <=, >, >=, BETWEEN, IN, LIKE, IS NULL), joined by "
    "AND, OR and NOT"
)


def row_filter_problems(condition: str, columns: Mapping[str, Type], partitions: Sequence[str]) -> list[str]:
    """Return what keeps Lake Formation from taking a condition; none if nothing does.

    Args:
        condition: The text.
        columns: Types of the table's columns as stored.
        partitions: Columns that the table is partitioned by as they are; these cannot be asked for null.
    """
    if len(condition) > LENGTH_MAX:
        return [f"{len(condition)} characters, and Lake Formation takes {LENGTH_MAX}"]
    tree = _parsed(condition)
    return [f"{condition!r}, which is no condition"] if tree is None else [*_walk(tree, columns, partitions)]


def _parsed(condition: str) -> exp.Expression | None:
    """Return the tree of a condition; None if the text is anything else, or more."""
    try:
        # The dialect decides how texts are quoted: single quotes, doubled inside.
        queries = sqlglot.parse(f"SELECT 1 WHERE {condition}", dialect="trino")
    except SqlglotError:
        return None
    query = queries[0]
    if len(queries) > 1 or not isinstance(query, exp.Select) or any(node.comments for node in query.walk()):
        return None
    if any(value for name, value in query.args.items() if name not in ("expressions", "where")):
        return None
    where = query.args.get("where")
    return where.this if where else None


def _walk(node: exp.Expression, columns: Mapping[str, Type], partitions: Sequence[str]) -> Iterator[str]:
    if isinstance(node, _LOGIC):
        for child in node.iter_expressions():
            yield from _walk(child, columns, partitions)
    elif isinstance(node, _COMPARISONS):
        yield from _comparison(node, columns, partitions)
    else:
        yield f"{node.sql(dialect='trino')}, which compares nothing"


def _comparison(
    node: exp.Expression, columns: Mapping[str, Type], partitions: Sequence[str]
) -> Iterator[str]:
    text = node.sql(dialect="trino")
    column = node.this
    if not isinstance(column, exp.Column) or column.table:
        yield f"{text}, whose left side is no column"
        return
    if column.name not in columns:
        yield f"{text}, and the table has no column {column.name}"
    elif not isinstance(columns[column.name], Decimal) and columns[column.name] not in _SCALARS:
        yield f"{text}, and the type of {column.name} cannot be compared"
    others = [each for key, each in _operands(node) if key != "this"]
    if not all(_is_constant(each) for each in others):
        yield f"{text}, which compares with more than constants"
    if isinstance(node, exp.Is) and column.name in partitions:
        yield f"{text}, and {column.name} is a partition column"


def _operands(node: exp.Expression) -> Iterator[tuple[str, exp.Expression]]:
    for key, value in node.args.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, exp.Expression):
                yield key, each


def _is_constant(node: exp.Expression) -> bool:
    if isinstance(node, exp.Neg | exp.Paren | exp.Not):
        return _is_constant(node.this)
    return isinstance(node, _CONSTANTS)
