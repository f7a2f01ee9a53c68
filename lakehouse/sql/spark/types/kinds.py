"""Types of expressions as Spark has them, in the model's own types where it has the type."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from lakehouse.model.fields import Array, Decimal, Field, Map, Scalar, Struct, Type

MAX_PRECISION = 38
"""Digits of Spark's decimals."""


@dataclass(frozen=True)
class Other:
    """A type that no table of the lake can have, under Spark's name."""

    name: str


Kind = Type | Other

VOID = Other("void")
"""Type of NULL."""

_NAMES = {
    Scalar.LONG: "bigint",
    Scalar.TIMESTAMP: "timestamp_ntz",
    Scalar.TIMESTAMPTZ: "timestamp",
}
_SCALARS: dict[str, Scalar] = {_NAMES.get(each, each.value): each for each in Scalar}
_OTHERS = ("tinyint", "smallint")

_CASTS: dict[exp.DType, Kind] = {
    exp.DType.BOOLEAN: Scalar.BOOLEAN,
    exp.DType.TINYINT: Other("tinyint"),
    exp.DType.SMALLINT: Other("smallint"),
    exp.DType.INT: Scalar.INT,
    exp.DType.BIGINT: Scalar.LONG,
    exp.DType.FLOAT: Scalar.FLOAT,
    exp.DType.DOUBLE: Scalar.DOUBLE,
    exp.DType.DATE: Scalar.DATE,
    exp.DType.TIMESTAMPTZ: Scalar.TIMESTAMPTZ,
    exp.DType.TIMESTAMPLTZ: Scalar.TIMESTAMPTZ,
    exp.DType.TIMESTAMPNTZ: Scalar.TIMESTAMP,
    exp.DType.TEXT: Scalar.STRING,
    exp.DType.BINARY: Scalar.BINARY,
}


def spark_name(kind: Kind) -> str:
    """Name a type as Spark's `simpleString` does, by which jobs compare a result with the contract."""
    match kind:
        case Other(name):
            return name
        case Decimal(precision, scale):
            return f"decimal({precision},{scale})"
        case Array(element):
            return f"array<{spark_name(element)}>"
        case Map(key, value):
            return f"map<{spark_name(key)},{spark_name(value)}>"
        case Struct(fields):
            return f"struct<{','.join(f'{each.name}:{spark_name(each.type)}' for each in fields)}>"
    return _NAMES.get(kind, kind.value)


def is_number(kind: Kind) -> bool:
    """Whether values of a type are numbers, or null alone."""
    numbers = {Scalar.INT, Scalar.LONG, Scalar.FLOAT, Scalar.DOUBLE, VOID, *map(Other, _OTHERS)}
    return isinstance(kind, Decimal) or kind in numbers


def named(name: str | None) -> Kind | None:
    """Return the type that Spark writes so; None if it is one that nothing is told about."""
    if name is None:
        return None
    if element := re.fullmatch(r"array<(\w+)>", name):
        inner = named(element[1])
        return None if inner is None or isinstance(inner, Other) else Array(inner)
    if name in _OTHERS:
        return Other(name)
    return _SCALARS.get(name)


def of_cast(kind: exp.DataType) -> Kind | None:
    """Return the type that a cast names."""
    if kind.this is exp.DType.DECIMAL:
        sizes = [int(size.name) for size in kind.expressions]
        return Decimal(*(*sizes, *(10, 0)[len(sizes) :]))
    if kind.this is exp.DType.ARRAY and len(kind.expressions) == 1:
        element = of_cast(kind.expressions[0])
        return None if element is None or isinstance(element, Other) else Array(element)
    return _CASTS.get(kind.this)


def of_literal(literal: exp.Literal) -> Kind:
    """Return the type of a literal: the smallest of int, bigint and decimal that holds a number."""
    if literal.is_string:
        return Scalar.STRING
    text = literal.name.lower()
    if "e" in text:
        return Scalar.DOUBLE
    if text.isdigit():
        value = int(text)
        if value < 2**63:
            return Scalar.INT if value < 2**31 else Scalar.LONG
        return Decimal(len(str(value)), 0)
    whole, _, fraction = text.partition(".")
    return Decimal(max(len(whole.lstrip("0")) + len(fraction), len(fraction), 1), len(fraction))


def common(kinds: Iterable[Kind | None]) -> Kind | None:
    """Return the type that CASE, COALESCE and UNION give values of these types; None if it cannot be told."""
    found: set[Kind | None] = set()
    for kind in kinds:
        if kind != VOID:
            found.add(kind)
    if not found:
        return VOID
    if len(found) == 1:
        return found.pop()
    if found == {Scalar.INT, Scalar.LONG}:
        return Scalar.LONG
    if found <= {Scalar.INT, Scalar.LONG, Scalar.FLOAT, Scalar.DOUBLE} and Scalar.DOUBLE in found:
        return Scalar.DOUBLE
    return None


def member(kind: Kind | None, name: str) -> Kind | None:
    """Return the type of a member; the members of an array's structs are an array, those of a map values."""
    match kind:
        case Struct(fields):
            return next((each.type for each in fields if each.name.lower() == name), None)
        case Array(Struct() as element):
            inner = member(element, name)
            return None if inner is None or isinstance(inner, Other) else Array(inner)
        case Map(_, value):
            return value
    return None


def struct(members: Iterable[tuple[str, Kind | None]]) -> Kind | None:
    """Return the type of a struct; None if that of a member cannot be told."""
    fields = []
    for name, kind in members:
        if kind is None or isinstance(kind, Other):
            return None
        fields.append(Field(name, kind, False, ""))
    return Struct(tuple(fields))
