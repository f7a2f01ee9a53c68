"""A second opinion on records: reads and judges them in plain Python, with nothing of what made them."""

import base64
import csv
import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal as Number
from typing import Any

from lakehouse.model.dataset import Dataset, Format, Ingestion, UnknownFields
from lakehouse.model.fields import Array, Decimal, Field, Map, Scalar, Struct, Type

Verdict = list[tuple[str, str]]
"""Column and code of each rule that is broken."""


class WrongTypeError(Exception):
    """The text is no value of the type."""


class OverflowingError(WrongTypeError):
    """The text is a number too great for the type."""


class LackingError(Exception):
    """A required member is null."""


def _ingestion(dataset: Dataset) -> Ingestion:
    assert dataset.ingestion
    return dataset.ingestion


def records(dataset: Dataset, files: tuple[bytes, ...]) -> list[tuple[bytes, dict[str, Any] | None]]:
    """Every record of the files, raw, and by name; None in its place if it cannot be read."""
    found: list[tuple[bytes, dict[str, Any] | None]] = []
    for file in files:
        lines = file.decode().rstrip("\n").split("\n")
        if _ingestion(dataset).format is Format.JSON:
            found += [(line.encode(), _object(line)) for line in lines]
            continue
        header, *rows = csv.reader(lines, strict=True)
        if set(header) - {field.name for field in dataset.fields} and _is_strict(dataset):
            found += [(line.encode(), dict.fromkeys(header, "refused")) for line in lines]
            continue
        nulls = {"", _ingestion(dataset).null_token}
        for line, row in zip(lines[1:], rows, strict=True):
            cells = [None if text in nulls else text for text in row]
            found.append(
                (line.encode(), dict(zip(header, cells, strict=True)) if len(row) == len(header) else None)
            )
    return found


def _is_strict(dataset: Dataset) -> bool:
    return _ingestion(dataset).unknown_fields is UnknownFields.REJECT


def judge(dataset: Dataset, record: Mapping[str, Any]) -> tuple[dict[str, Any], Verdict]:
    """The typed values of a record, and everything that the contract objects to."""
    row: dict[str, Any] = {}
    verdict: Verdict = []
    for field in dataset.fields:
        try:
            row[field.name] = typed(field.type, record.get(field.name))
        except WrongTypeError as error:
            verdict.append((field.name, _code(field, error)))
            continue
        except LackingError:
            verdict.append((field.name, "missing_required"))
            continue
        if row[field.name] is None:
            verdict += [(field.name, "missing_required")] * field.required
        else:
            verdict += [(field.name, reason) for reason in _broken(field, row[field.name])]
    return row, verdict


def _code(field: Field, error: WrongTypeError) -> str:
    if field.type in (Scalar.DATE, Scalar.TIMESTAMP, Scalar.TIMESTAMPTZ):
        return "bad_timestamp"
    return "overflow" if isinstance(error, OverflowingError) else "wrong_type"


def typed(kind: Type, plain: Any) -> Any:
    """The value that a record holds, exactly."""
    if plain is None:
        return None
    try:
        return _typed(kind, plain)
    except (ValueError, KeyError, TypeError, ArithmeticError) as error:
        raise WrongTypeError(f"{plain!r} is no {kind}") from error


def _typed(kind: Type, plain: Any) -> Any:
    match kind:
        case Decimal(precision, scale):
            return _decimal(Number(str(plain)), precision, scale)
        case Array(element) if isinstance(plain, list):
            return [typed(element, each) for each in plain]
        case Map(_, value) if isinstance(plain, dict):
            return {name: typed(value, each) for name, each in plain.items()}
        case Struct(fields) if isinstance(plain, dict):
            return {each.name: _member(each, plain) for each in fields}
        case Scalar():
            return SCALARS[kind](plain)
    raise TypeError(plain)


def _text(plain: Any) -> str:
    if not isinstance(plain, str):
        raise TypeError(plain)
    return plain


def _member(field: Field, plain: dict[str, Any]) -> Any:
    value = typed(field.type, plain.get(field.name))
    if value is None and field.required:
        raise LackingError(field.name)
    return value


def _broken(field: Field, value: Any) -> list[str]:
    checks = field.checks
    bounds: tuple[tuple[Any, Callable[[Any], bool]], ...] = (
        (checks.minimum, lambda bound: value < bound),
        (checks.maximum, lambda bound: value > bound),
        (checks.exclusive_minimum, lambda bound: value <= bound),
        (checks.exclusive_maximum, lambda bound: value >= bound),
    )
    found = ["out_of_range" for bound, missed in bounds if bound is not None and missed(_bound(field, bound))]
    found += ["not_allowed"] * (checks.allowed is not None and value not in checks.allowed)
    found += ["pattern_mismatch"] * (checks.pattern is not None and not re.search(checks.pattern, value))
    found += ["bad_length"] * (checks.min_length is not None and len(value) < checks.min_length)
    found += ["bad_length"] * (checks.max_length is not None and len(value) > checks.max_length)
    return found


def _bound(field: Field, bound: float | str) -> Any:
    if isinstance(bound, str):
        return date.fromisoformat(bound) if field.type is Scalar.DATE else datetime.fromisoformat(bound)
    return Number(str(bound)) if isinstance(field.type, Decimal) else bound


def _whole(number: int, bits: int) -> int:
    if not -(2**bits) <= number < 2**bits:
        raise OverflowingError(number)
    return number


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError(number)
    return number


def _decimal(number: Number, precision: int, scale: int) -> Number:
    if abs(number) >= Number(10) ** (precision - scale):
        raise OverflowingError(number)
    if number != round(number, scale):
        raise ValueError(number)
    return number


def _moment(moment: datetime, zoned: bool) -> datetime:
    if (moment.tzinfo is not None) is not zoned:
        raise ValueError(moment)
    return moment.astimezone(UTC) if zoned else moment


SCALARS: dict[Scalar, Callable[[Any], object]] = {
    Scalar.STRING: _text,
    Scalar.BOOLEAN: lambda plain: {"true": True, "false": False}[str(plain).lower()],
    Scalar.INT: lambda plain: _whole(int(str(plain)), 31),
    Scalar.LONG: lambda plain: _whole(int(str(plain)), 63),
    Scalar.FLOAT: lambda plain: _finite(float(plain)),
    Scalar.DOUBLE: lambda plain: _finite(float(plain)),
    Scalar.DATE: date.fromisoformat,
    Scalar.TIMESTAMP: lambda plain: _moment(datetime.fromisoformat(plain), zoned=False),
    Scalar.TIMESTAMPTZ: lambda plain: _moment(datetime.fromisoformat(plain), zoned=True),
    Scalar.BINARY: lambda plain: base64.b64decode(plain, validate=True),
}


def _object(line: str) -> dict[str, Any] | None:
    try:
        record: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return record
