"""What independent readers make of values and records: the truth that judges are held to."""

import base64
import datetime as dt
import json
import math
import re
from collections.abc import Callable, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

SKU = {"name": "sku", "type": "string", "required": True}
UNITS = {"name": "units", "type": "int", "required": False}
LINES = {"type": "list", "element": {"type": "struct", "fields": [SKU, UNITS]}}
FIELDS = {
    "id": "string", "count": "int", "big": "long", "ratio": "double", "price": "decimal(6, 2)",
    "wide": "decimal(24, 4)", "day": "date", "at": "timestamptz", "local": "timestamp", "on": "boolean",
    "blob": "binary", "note": "string",
}  # fmt: skip

KINDS = {**FIELDS, "lines": LINES}


class RejectError(Exception):
    """The value is none of the type."""


_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
_CLOCK = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?"


def of_text(kind: Any, text: str) -> Any:
    """The value that a text stands for; RejectError if it stands for none of the type."""
    try:
        return _of_text(kind, text)
    except (ValueError, ArithmeticError) as error:
        raise RejectError(text) from error


def _of_text(kind: Any, text: str) -> Any:
    return _READERS[kind](text) if kind in _READERS else fitting(Decimal(_match(_NUMBER.pattern, text)), kind)


def _instant(text: str) -> dt.datetime:
    matched = _match(_CLOCK + r"([Zz]|[+-][0-9]{2}(:?[0-5][0-9])?)", text)
    moment = dt.datetime.fromisoformat(matched.upper())
    if abs(moment.utcoffset() or dt.timedelta()) > dt.timedelta(hours=18):
        raise ValueError(text)
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


_READERS: dict[Any, Callable[[str], Any]] = {
    "string": str,
    "int": lambda text: _whole(text, 31),
    "long": lambda text: _whole(text, 63),
    "double": lambda text: finite(float(_match(_NUMBER.pattern, text))),
    "boolean": lambda text: {"true": True, "false": False}[_match("true|false", text.lower())],
    "date": lambda text: dt.date.fromisoformat(_match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)),
    "timestamp": lambda text: dt.datetime.fromisoformat(_match(_CLOCK, text)),
    "timestamptz": _instant,
    "binary": lambda text: base64.b64decode(_match(r"(\S{4})*", text), validate=True),
}


def _match(pattern: str, text: str) -> str:
    if not re.fullmatch(pattern, text):
        raise ValueError(text)
    return text


def _whole(text: str, bits: int) -> int:
    number = Fraction(_match(_NUMBER.pattern, text))
    if number.denominator != 1 or not -(2**bits) <= number < 2**bits:
        raise ValueError(text)
    return int(number)


def finite(number: float) -> float:
    """The number, unless it is none."""
    if not math.isfinite(number):
        raise ValueError(number)
    return number


def fitting(number: Decimal, kind: str) -> Decimal:
    """The number, unless the decimal type would change it."""
    precision, scale = map(int, re.findall("[0-9]+", kind))
    exponent = int(number.normalize(Context(prec=10**6)).as_tuple().exponent)
    if not number.is_finite() or abs(number) >= 10 ** (precision - scale) or (number and -exponent > scale):
        raise ValueError(number)
    return number


def json_object(line: bytes) -> dict[str, Any]:
    """The one JSON object on a line, numbers with a fraction as decimals; RejectError if there is none."""
    try:
        text = line.decode("utf-8")
        value = json.loads(
            text, parse_float=_decimal, parse_int=_integer, parse_constant=_refuse, object_pairs_hook=_members
        )
        json.dumps(value, default=str, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise RejectError(line) from error
    if not isinstance(value, dict) or isinstance(value, Repeating):
        raise RejectError(line)
    return value


_LONGEST = 1000
"""Characters of a number, https://github.com/FasterXML/jackson-core/wiki/StreamReadConstraints"""


def _decimal(text: str) -> Decimal:
    if len(text) > _LONGEST:
        raise ValueError(text)
    try:
        return Decimal(text)
    except ArithmeticError:  # an exponent of twenty digits
        return Decimal("NaN")


def _integer(text: str) -> int:
    return int(str(_decimal(text).to_integral_value())) if len(text) <= _LONGEST else int(_refuse(text))


def _refuse(text: str) -> str:
    raise ValueError(text)


class Repeating(dict[str, Any]):
    """An object that has a key twice; where the contract says nothing of it, it is none of our business."""


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    json.dumps(pairs, default=str, ensure_ascii=False).encode("utf-8")
    return (Repeating if len(dict(pairs)) < len(pairs) else dict)(pairs)


Named = Callable[[dict[str, Any], str], Any]
"""Finds the member of an object that stands for a name, None if none does."""


def exactly(record: dict[str, Any], name: str) -> Any:
    """The member of this very name."""
    return record.get(name)


def by_case(record: dict[str, Any], name: str) -> Any:
    """The member of this name, or else the only one whose name differs by case alone."""
    if name in record:
        return record[name]
    others = [each for each in record if each.lower() == name.lower()]
    if len(others) > 1:
        raise RejectError(others)
    return record[others[0]] if others else None


def of_json(kind: Any, value: Any, named: Named = exactly) -> Any:
    """What a JSON value becomes; RejectError if it is none of the type."""
    if value is None:
        return None
    if isinstance(kind, dict):
        return _lines_of(_held(value) if isinstance(value, str) else value, named)
    if kind == "string" and isinstance(value, Decimal):
        raise RejectError(value)
    if kind == "string" and isinstance(value, dict | list):
        return json.loads(json.dumps(value, default=float))
    if isinstance(value, str):
        return of_text(kind, value)
    if isinstance(value, dict | list):
        raise RejectError(value)
    return of_text(kind, str(value).lower() if isinstance(value, bool) else str(value))


def _held(text: str) -> Any:
    """What a JSON text in a text holds; null is no value of a nested type."""
    value = json_object(b'{"x":' + text.encode() + b"}")["x"]
    if value is None:
        raise RejectError(text)
    return value


def _lines_of(value: Any, named: Named) -> list[Any] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise RejectError(value)
    found: list[Any] = []
    for line in value:
        if isinstance(line, Repeating) or not isinstance(line, dict | None):
            raise RejectError(value)
        row = line and {
            "sku": of_json("string", named(line, "sku")),
            "units": of_json("int", named(line, "units")),
        }
        if line is not None and (not row or row["sku"] is None):
            raise RejectError(value)
        found.append(row)
    return found


def agree(found: dict[str, Any] | None, truth: dict[str, Any] | None) -> bool:
    """Whether a record was rejected as it should, or has the values that it should."""
    if found is None or truth is None:
        return found is truth
    return all(_same(found[name], truth[name]) for name in truth)


def _same(found: Any, truth: Any) -> bool:
    match found, truth:
        case (list(), list()):
            return len(found) == len(truth) and all(map(_same, found, truth))
        case (dict(), dict()):
            return found.keys() == truth.keys() and all(_same(found[name], truth[name]) for name in truth)
        case (str(), dict() | list()):
            return bool(json.loads(found) == truth)
    return type(found) is type(truth) and bool(found == truth)


def report(wrong: Sequence[tuple[Any, Any, Any]]) -> str:
    """The first records that were misread: where, what the job found, what is true."""
    return f"{len(wrong)} misread\n" + "\n".join(
        f"{place!r}\n  {found!r}\n  {truth!r}" for place, found, truth in wrong[:20]
    )
