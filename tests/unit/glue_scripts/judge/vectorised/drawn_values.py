"""Texts that are values of a type, or nearly, and the values of JSON that hold them."""

import json
import random
from base64 import b64encode

from lakehouse_etl.contract.model import Checks, Field
from lakehouse_etl.contract.types import STRING, Decimal, List, Map, Primitive, Struct, Type

from tests.unit.glue_scripts.mutations import TOKENS

_CLOCKS = ("T00:00:00", " 23:59:59", "T12:30:00.5", "T12:30:00.123456", "T12:30:00.1234567", "T24:00:00")
_DAYS = ("2026-01-31", "2000-02-29", "1999-12-31", "2026-02-28", "2026-06-30", "0001-01-01", "9999-12-31")
_ZONES = ("Z", "Z", "Z", "+00:00", "+02:00", "-17:59", "+0530", "")
_TEXTS = (
    "a", "b", "1", "", "true", "é", "a b", "\U0001f600", 'say "x" \\ \n', "ab\u2028", "\t", "\x00", "Ä-1",
    "x" * 50,
)  # fmt: skip
_NUMBERS = (
    "0", "1", "-1", "-0", "9", "99", "100", "0.5", "-1.25", "1.10", "0.1", "-0.0", "3.00", "12.345", "1e2",
    "1E-3", "16777217", "0.1000000000000000055511151231257827", "2147483647", "2147483648", "-2147483648",
    "99999999999", "9223372036854775807", "-9223372036854775808", "8999999999999999999", "3.4e38",
    "1.7976931348623157e308",
)  # fmt: skip
_SIZES = {"int": 2**31, "long": 2**63}
_KEPT = {
    "string": "a",
    "date": "2026-01-31",
    "timestamp": "2026-01-31T23:59:59",
    "timestamptz": "2026-01-31T23:59:59Z",
}

_SEQUENCE = "1" * 35
"""Where in the order of changes a record stands."""


def text_of(rng: random.Random, kind: Primitive | Decimal) -> str:
    """A text that is mostly one of the type."""
    if isinstance(kind, Decimal):
        return rng.choice((_decimal(rng, kind), _decimal(rng, kind), rng.choice(_NUMBERS)))
    if kind.name in _SIZES:
        some = rng.randrange(-_SIZES[kind.name], _SIZES[kind.name])
        return rng.choice((str(rng.randrange(-3, 101)), str(some), rng.choice(_NUMBERS)))
    if kind.name in ("float", "double"):
        tiny_or_huge = rng.random() * 10.0 ** rng.randrange(-20, 20)
        return rng.choice((rng.choice(_NUMBERS), repr(rng.uniform(-5, 100)), repr(tiny_or_huge)))
    return _plain(rng, kind.name)


def _plain(rng: random.Random, name: str) -> str:
    match name:
        case "boolean":
            return rng.choice(("true", "false", "true", "false", "FALSE"))
        case "date":
            return rng.choice(_DAYS)
        case "timestamp":
            return rng.choice(_DAYS) + rng.choice(_CLOCKS)
        case "timestamptz":
            return rng.choice(_DAYS) + rng.choice(_CLOCKS) + rng.choice(_ZONES)
        case "binary":
            return rng.choice((b64encode(rng.randbytes(rng.randrange(5))).decode(), "QR==", "QQ"))
    return rng.choice(_TEXTS)


def _decimal(rng: random.Random, kind: Decimal) -> str:
    whole, scale = rng.randint(0, kind.precision - kind.scale), rng.randint(0, kind.scale)
    zeros = "0" * rng.choice((0, 0, 3))
    fraction = "." + "".join(rng.choices("0123456789", k=scale)) + zeros if scale else ""
    return rng.choice(("", "-")) + str(rng.randrange(10**whole)) + fraction


def field_text(rng: random.Random, field: Field) -> str:
    """A text for a scalar field; most keep its rules, so that not every record breaks one."""
    assert isinstance(field.type, Primitive | Decimal)
    ruled = field.type == STRING or field.checks != Checks()
    if not ruled or rng.random() < 0.3:
        return text_of(rng, field.type)
    if field.checks.allowed:
        return rng.choice(field.checks.allowed)
    return _SEQUENCE if "35" in (field.checks.pattern or "") else _KEPT.get(str(field.type), "1")


def field_token(rng: random.Random, field: Field, odd: float) -> str:
    """A value of JSON for a field."""
    if isinstance(field.type, Primitive | Decimal) and rng.random() >= odd:
        return _token_of(rng, field.type, field_text(rng, field))
    return _token(rng, field.type, odd)


def _token(rng: random.Random, kind: Type, odd: float) -> str:
    if rng.random() < 0.03:
        return "null"
    if rng.random() < odd:
        return rng.choice(TOKENS).decode(errors="replace")
    match kind:
        case List():
            return f"[{', '.join(_token(rng, kind.element, odd) for _ in range(rng.randrange(4)))}]"
        case Map():
            return _object([(f"k{at}", _token(rng, kind.value, odd)) for at in range(rng.randrange(3))])
        case Struct():
            found = [
                (each.source_name, _token(rng, each.type, odd)) for each in kind.members if rng.random() < 0.9
            ]
            others = [(rng.choice(("m0", "m 0", "M1", "extra")), "1")] if rng.random() < odd else []
            return _object([*found, *others])
    return _token_of(rng, kind, text_of(rng, kind))


def _object(members: list[tuple[str, str]]) -> str:
    return "{" + ", ".join(f'"{name}": {token}' for name, token in members) + "}"


def _token_of(rng: random.Random, kind: Primitive | Decimal, text: str) -> str:
    is_bare = isinstance(kind, Decimal) or kind.name in ("boolean", "float", "double", *_SIZES)
    if is_bare and rng.random() < 0.9:
        return text
    return json.dumps(text, ensure_ascii=rng.random() < 0.5)
