"""What a property of another contract is in the lake, by its logical and its physical type together.

The logical type says what a value means, the physical type how another system stores it. Where the two
disagree, the values are kept as text rather than guessed.
"""

from lakehouse.model.fields import Array, Decimal, Map, Scalar, Struct, Type
from tools.lake.importing.physical_types import UnknownTypeError, physical_type

_LOGICAL: dict[str, Scalar] = {
    "string": Scalar.STRING,
    "boolean": Scalar.BOOLEAN,
    "date": Scalar.DATE,
    "timestamp": Scalar.TIMESTAMP,
    "integer": Scalar.LONG,
    "number": Scalar.DOUBLE,
    "time": Scalar.STRING,
}

_NUMBERS = (Scalar.INT, Scalar.LONG, Scalar.DOUBLE)
_MOMENTS = (Scalar.DATE, Scalar.TIMESTAMP, Scalar.TIMESTAMPTZ)

_LONG_DIGITS = 18
"""Digits that every number of 64 bits holds."""

_TEXTS = ("char", "text", "string", "str", "clob", "name")
"""What is in the names of types that hold any text."""

_ROUNDS = "no digits are said: double rounds behind the 15th; decimal(p, s) is exact, as amounts need"
_NO_ZONE = "no zone: if these are instants, have the source write one, as in 2026-01-31T09:30:00Z"


def resolved(
    logical: str | None, physical: str | None, dialect: str | None, *, zoned: bool = False
) -> tuple[Type, list[str]]:
    """Return the type of a property, and what is to be looked at.

    Args:
        logical: `logicalType`, None if there is none.
        physical: `physicalType`, None if there is none.
        dialect: SQL of the system that the physical type is of; None if it is not known.
        zoned: Whether the contract says that timestamps have a zone.
    """
    checks: list[str] = []
    meant = _LOGICAL.get(logical or "")
    if logical and meant is None and logical not in ("object", "array", "map"):
        checks.append(f"logicalType {logical!r} is none of the standard; taken from the physical type")
    stored: Type | None = None
    if physical:
        try:
            stored, check = physical_type(physical, dialect)
            checks += [check] if check and meant is not Scalar.STRING else []
        except UnknownTypeError:
            told = f"physicalType {physical!r} is of no known system; taken from the logical type"
            checks += [] if logical == "string" else [told]
    if meant is None and stored is None:
        return Scalar.STRING, [*checks, "no type is said; text takes any"]
    if stored is None:
        kind, more = _meant(logical, meant or Scalar.STRING)
    elif meant is None:
        kind, more = stored, []
    else:
        kind, more = _agreed(logical or "", meant, stored, physical or "")
    if kind is Scalar.TIMESTAMP:
        kind, more = (Scalar.TIMESTAMPTZ, more) if zoned else (kind, [*more, _NO_ZONE])
    return kind, [*checks, *more]


def _meant(logical: str | None, meant: Scalar) -> tuple[Type, list[str]]:
    if logical == "time":
        return meant, ["tables have no type for times of day; kept as text"]
    return meant, [_ROUNDS] if meant is Scalar.DOUBLE else []


def _agreed(logical: str, meant: Scalar, stored: Type, physical: str) -> tuple[Type, list[str]]:
    """Return the type that the two make together; a conflict is told, and leaves text."""
    is_number = stored in _NUMBERS or isinstance(stored, Decimal)
    if meant is Scalar.STRING:
        binary = stored is Scalar.BINARY and logical == "string"
        return (stored, ["bytes come as base64"]) if binary else _meant(logical, meant)
    if logical in ("integer", "number") and is_number:
        return _whole(stored) if logical == "integer" else (stored, [])
    if meant in _MOMENTS and stored in _MOMENTS:
        told = [f"a {logical} by its logical type, {stored} by its physical one"]
        return stored, told if meant is Scalar.TIMESTAMP and stored is Scalar.DATE else []
    if meant is stored:
        return stored, []
    told = []
    if meant is Scalar.BOOLEAN and is_number:
        told = [f"{physical} by its physical type; jobs read true and false, and reject 0 and 1"]
    any_text = stored is Scalar.STRING and any(part in physical.lower() for part in _TEXTS)
    if any_text or (stored == Array(Scalar.STRING) and "[" in physical):
        told = [f"texts by its physical type; jobs reject what is no {logical}", *_meant(logical, meant)[1]]
    if told:
        return meant, told
    return Scalar.STRING, [f"{logical} by its logical type, {physical} by its physical one; kept as text"]


def _whole(stored: Type) -> tuple[Type, list[str]]:
    if not isinstance(stored, Decimal):
        whole = stored is not Scalar.DOUBLE
        return (stored if whole else Scalar.LONG), [] if whole else ["jobs reject what is no whole number"]
    if stored.precision <= _LONG_DIGITS:
        return Scalar.LONG, [] if not stored.scale else ["jobs reject what is no whole number"]
    return Scalar.LONG, [f"up to {stored.precision} digits at the source; jobs reject those beyond 64 bits"]


def is_nested(kind: Type) -> bool:
    """Whether a type has others inside."""
    return isinstance(kind, Array | Map | Struct)
