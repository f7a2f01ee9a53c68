"""Types of what is computed of numbers, as Spark has them in ANSI mode.

https://spark.apache.org/docs/3.5.6/sql-ref-ansi-compliance.html#type-promotion-and-precedence; decimals by
`DecimalPrecision` of Spark.
"""

from sqlglot import exp

from lakehouse.model.fields import Decimal, Scalar
from lakehouse.sql.spark.types.kinds import MAX_PRECISION, Kind, of_literal

_MIN_SCALE = 6
"""Decimal places that stay when a result would need more than 38 digits."""

_INTEGERS = {Scalar.INT: 10, Scalar.LONG: 20}
"""Digits of the decimals that integers become beside a decimal."""


def computed(node: exp.Binary, left: Kind | None, right: Kind | None) -> Kind | None:
    """Return the type of `+`, `-`, `*`, `/` or `%` of two types; None if it cannot be told."""
    if Scalar.DOUBLE in (left, right) and all(map(_is_number, (left, right))):
        return Scalar.DOUBLE
    if left in _INTEGERS and right in _INTEGERS:
        if isinstance(node, exp.Div):
            return Scalar.DOUBLE
        return Scalar.LONG if Scalar.LONG in (left, right) else Scalar.INT
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        first, second = _decimal(node.left, left), _decimal(node.right, right)
        if first and second:
            return _of_decimals(node, first, second)
    return None


def summed(kind: Kind | None) -> Kind | None:
    """Return the type of SUM."""
    if kind in _INTEGERS:
        return Scalar.LONG
    if kind in (Scalar.FLOAT, Scalar.DOUBLE):
        return Scalar.DOUBLE
    return Decimal(min(kind.precision + 10, MAX_PRECISION), kind.scale) if isinstance(kind, Decimal) else None


def averaged(kind: Kind | None) -> Kind | None:
    """Return the type of AVG."""
    if isinstance(kind, Decimal):
        return Decimal(min(kind.precision + 4, MAX_PRECISION), min(kind.scale + 4, MAX_PRECISION))
    return Scalar.DOUBLE if _is_number(kind) else None


def _is_number(kind: Kind | None) -> bool:
    return kind in (Scalar.INT, Scalar.LONG, Scalar.FLOAT, Scalar.DOUBLE) or isinstance(kind, Decimal)


def _decimal(node: exp.Expr, kind: Kind | None) -> Decimal | None:
    """Return what an operand becomes beside a decimal; a literal needs its own digits only."""
    if isinstance(kind, Decimal):
        return kind
    while isinstance(node, exp.Paren):
        node = node.this
    if isinstance(node, exp.Literal) and of_literal(node) in _INTEGERS:
        return Decimal(len(node.name.lstrip("0")) or 1, 0)
    return Decimal(_INTEGERS[kind], 0) if isinstance(kind, Scalar) and kind in _INTEGERS else None


def _of_decimals(node: exp.Binary, left: Decimal, right: Decimal) -> Decimal | None:
    whole = left.precision - left.scale, right.precision - right.scale
    match node:
        case exp.Add() | exp.Sub():
            scale = max(left.scale, right.scale)
            return _adjusted(max(whole) + scale + 1, scale)
        case exp.Mul():
            return _adjusted(left.precision + right.precision + 1, left.scale + right.scale)
        case exp.Div():
            scale = max(_MIN_SCALE, left.scale + right.precision + 1)
            return _adjusted(whole[0] + right.scale + scale, scale)
        case exp.Mod():
            scale = max(left.scale, right.scale)
            return _adjusted(min(whole) + scale, scale)
    return None


def _adjusted(precision: int, scale: int) -> Decimal:
    if precision <= MAX_PRECISION:
        return Decimal(precision, scale)
    least = min(scale, _MIN_SCALE)
    return Decimal(MAX_PRECISION, max(MAX_PRECISION - (precision - scale), least))
