"""Computes a rule's number from its figures as Spark SQL would in ANSI mode, whichever engine found them."""

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Context, localcontext
from decimal import Decimal as Exact
from typing import Any

from lakehouse_etl.contract.table_rules import Formula
from lakehouse_etl.contract.types import Decimal, parsed

Number = int | float | Exact

_RANGES = {"int": 2**31, "long": 2**63}
EXACT = Context(prec=100, rounding=ROUND_HALF_UP)
"""Has room for more digits than two decimals need together."""


class FormulaError(ArithmeticError):
    """A number cannot be computed; the message says why."""


def compute(formula: Formula, figures: Sequence[Number | None]) -> Number | None:
    """Return the number, None if there is nothing to measure.

    Raises:
        FormulaError: A division by zero, or a number that its type has no room for.
    """
    name, *operands = formula
    match name:
        case "figure":
            return figures[operands[0]]
        case "sum":
            total, rows, kind = operands
            return _fitted(figures[total], kind) if figures[rows] else None
        case "number":
            return _typed(operands[0], operands[1])
        case "nullif":
            first, second = (compute(each, figures) for each in operands)
            return None if first == second else first
        case "coalesce":
            values = (compute(each, figures) for each in operands)
            return next((value for value in values if value is not None), None)
    left, right, kind = operands
    return _computed(name, compute(left, figures), compute(right, figures), kind)


def _computed(sign: str, left: Number | None, right: Number | None, kind: str) -> Number | None:
    if left is None or right is None:
        return None
    as_type: Callable[[Any], Any] = float if kind == "double" else Exact
    first, second = as_type(left), as_type(right)
    if sign == "/" and not second:
        raise FormulaError("division by zero")
    with localcontext(EXACT):
        number: Number = _fitted(_OPERATIONS[sign](first, second), kind)
    return number


_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
}


def _typed(text: str, kind: str) -> Number:
    number: Number = float(text) if kind == "double" else _fitted(Exact(text), kind)
    return number


def _fitted(value: Any, kind: str) -> Any:
    """Return a value of a type, rounded to its places."""
    if kind == "double":
        return value
    if kind in _RANGES:
        if not -_RANGES[kind] <= value < _RANGES[kind]:
            raise FormulaError(f"{value} is out of the range of {kind}")
        return int(value)
    decimal = parsed(kind)
    assert isinstance(decimal, Decimal)  # noqa: S101 (the manifest has no other type of numbers)
    with localcontext(EXACT):
        rounded = Exact(value).quantize(Exact(1).scaleb(-decimal.scale))
    if abs(rounded) >= Exact(10) ** (decimal.precision - decimal.scale):
        raise FormulaError(f"{value} is out of the range of {kind}")
    return rounded
