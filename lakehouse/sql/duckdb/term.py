"""Terms of SQL in DuckDB's words, with their types in Spark, and how two of them are compared."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal as Number

from sqlglot import exp

from lakehouse.model.fields import Decimal, Scalar
from lakehouse.sql.spark.types.kinds import MAX_PRECISION, VOID, Kind, common, spark_name

DIGITS = {Scalar.INT: 10, Scalar.LONG: 20}
"""Digits of the decimals that integers become beside a decimal."""

ALIKE = (Scalar.STRING, Scalar.DATE, Scalar.TIMESTAMP, Scalar.TIMESTAMPTZ, Scalar.BOOLEAN, Scalar.DOUBLE)
_EXACT_DOUBLE = 15
"""Digits of decimals that engines make the same double of."""

_PARTS = {
    "this", "expression", "expressions", "is_string", "negate", "ifs", "default", "true", "to", "low", "high",
    "unit", "big_int",
}  # fmt: skip
"""What the parser says of a node that is translated."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?")


class UntranslatableError(ValueError):
    """DuckDB was not proven to find the same number; the message names the construct."""


@dataclass(frozen=True)
class Term:
    """An expression in DuckDB's words, with its type in Spark."""

    text: str
    kind: Kind
    number: Number | None = None
    """Value of a numeric literal."""


def check_parts(node: exp.Expr) -> None:
    """Refuse a node that says more than what is looked at here."""
    if {name for name, value in node.args.items() if value} - _PARTS:
        raise untranslatable(node)


def untranslatable(node: exp.Expr) -> UntranslatableError:
    """Return the error about a node."""
    return UntranslatableError(node.sql(dialect="spark")[:60])


def number_term(value: Number, kind: Kind) -> Term:
    """Return a number that says its type."""
    if kind is Scalar.DOUBLE:
        return Term(f"CAST({float(value)!r} AS DOUBLE)", kind, value)
    if isinstance(kind, Decimal):
        return Term(f"CAST({value:f} AS DECIMAL({kind.precision}, {kind.scale}))", kind, value)
    return Term(f"CAST({value} AS {'INTEGER' if kind is Scalar.INT else 'BIGINT'})", kind, value)


def typed_literal(node: exp.Cast, to: exp.DType, literal: exp.Literal) -> Term:
    """Return a literal that says its type: `1D`, `DATE '2026-01-31'`."""
    text = literal.name
    try:
        if to is exp.DType.DOUBLE and not literal.is_string:
            return number_term(Number(text), Scalar.DOUBLE)
        if to is exp.DType.BIGINT and not literal.is_string and text.isdigit():
            return number_term(Number(text), Scalar.LONG)
        if to is exp.DType.DATE and literal.is_string and _DAY.fullmatch(text):
            return Term(f"DATE '{date.fromisoformat(text)}'", Scalar.DATE)
        if to is exp.DType.TIMESTAMPTZ and literal.is_string and _INSTANT.fullmatch(text):
            instant = datetime.fromisoformat(text)
            return Term(f"TIMESTAMPTZ '{instant.isoformat(' ')}+00:00'", Scalar.TIMESTAMPTZ)
    except ValueError as error:
        raise UntranslatableError(str(error)) from error
    raise untranslatable(node)


def alike(left: Term, right: Term) -> tuple[str, str]:
    """Return two terms as they can be compared."""
    if left.kind == right.kind and left.kind in ALIKE:
        return left.text, right.text
    if left.kind in DIGITS and right.kind in DIGITS:
        return left.text, right.text
    if Scalar.DOUBLE in (left.kind, right.kind):
        return _double(left), _double(right)
    if isinstance(left.kind, Decimal) or isinstance(right.kind, Decimal):
        first, second = decimal_of(left), decimal_of(right)
        scale = max(first.scale, second.scale)
        precision = max(first.precision - first.scale, second.precision - second.scale) + scale
        if precision <= MAX_PRECISION:
            wide = Decimal(precision, scale)
            return as_decimal(left, wide), as_decimal(right, wide)
    raise UntranslatableError(f"{spark_name(left.kind)} compared with {spark_name(right.kind)}")


def _double(term: Term) -> str:
    if term.number is not None:
        return f"CAST({float(term.number)!r} AS DOUBLE)"
    exact = isinstance(term.kind, Decimal) and term.kind.precision <= _EXACT_DOUBLE
    if term.kind is Scalar.DOUBLE or term.kind in DIGITS or exact:
        return f"CAST({term.text} AS DOUBLE)"
    raise UntranslatableError(f"{spark_name(term.kind)} compared with double")


def decimal_of(term: Term) -> Decimal:
    """Return what a term becomes beside a decimal; a literal needs its own digits only."""
    if isinstance(term.kind, Decimal):
        return term.kind
    if isinstance(term.kind, Scalar) and term.kind in DIGITS:
        known = term.number is not None
        return Decimal(len(str(abs(term.number or 0))) if known else DIGITS[term.kind], 0)
    raise UntranslatableError(f"{spark_name(term.kind)} beside a decimal")


def as_decimal(term: Term, kind: Decimal) -> str:
    """Return a term cast to a decimal."""
    return f"CAST({term.text} AS DECIMAL({kind.precision}, {kind.scale}))"


def common_kind(node: exp.Expr, *kinds: Kind) -> Kind:
    """Return the type of what is one of several values."""
    kind = common(kinds)
    known = [each for each in kinds if each != VOID]
    if kind is None or (len(set(known)) > 1 and kind not in DIGITS):
        raise UntranslatableError(f"{node.key} of {', '.join(sorted({spark_name(each) for each in known}))}")
    return kind
