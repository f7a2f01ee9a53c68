"""Mutations of valid samples, the same for a seed, and what independent readers make of values.

`LAKE_FUZZ_SEED=1 pytest tests/unit/glue_scripts -k fuzz` explores other mutations than those of every run.
"""

import base64
import datetime as dt
import json
import math
import os
import random
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from lakehouse_etl.bronze.damaged import SPARK_ERRORS, damaged_among
from lakehouse_etl.bronze.objects import new_objects
from lakehouse_etl.bronze.reading import read_parts
from lakehouse_etl.bronze.state import State
from lakehouse_etl.contract.types import TIMESTAMPTZ
from lakehouse_etl.job import runtime
from lakehouse_etl.job.storage import LocalStorage
from lakehouse_etl.records.part import BLOCK, FAULT, NUMBER, SOURCE
from lakehouse_etl.records.tally import offsets, records_by_object, tally
from lakehouse_etl.records.validation import judge
from pyspark.sql import functions as F

SEED = int(os.environ.get("LAKE_FUZZ_SEED", "20260101"))

SKU = {"name": "sku", "type": "string", "required": True}
UNITS = {"name": "units", "type": "int", "required": False}
LINES = {"type": "list", "element": {"type": "struct", "fields": [SKU, UNITS]}}
FIELDS = {
    "id": "string", "count": "int", "big": "long", "ratio": "double", "price": "decimal(6, 2)",
    "wide": "decimal(24, 4)", "day": "date", "at": "timestamptz", "local": "timestamp", "on": "boolean",
    "blob": "binary", "note": "string",
}  # fmt: skip

KINDS = {**FIELDS, "lines": LINES}

TOKENS = [
    b"null", b"true", b"NaN", b"Infinity", b"-0", b"0", b"1e999", b"-1e-400", b"1.005", b"0.10",
    b"12345678901234567890", b"2147483648", b"-9223372036854775809", b"9" * 60, b"1.0000000000000001",
    b"[]", b"{}", b'{"a": 1, "a": 2}', b"[[[[[[[[]]]]]]]]", b'""', b'"2026-02-30"',
    b'"2026-01-01T25:00:00Z"', b'"2026-01-01T00:00:00"', b'"T"', b'" 1"', b'"1\\n"', b'"\\ud800"',
    b'"\\u0000"', b'"\\ud83d\\ude00"', b"'a'", b'"12.5"', b'"1,5"', b"+1", b".5", b"1.", b"01", b"0x1F",
    b'"2026-01-01T00:00:00.123456789+02:00"', b'"0000-01-01"', b'"9999-12-31"', b'"AAE="', b'"A"',
    b"\xc3\xa9", b"",
]  # fmt: skip
NOISE = [
    b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\t", b'"', b"\\",
    b",", b":", b"{", b"}", b"[", b"]", b" ", b"\x1f", b"\x7f", b"\xf0\x9f\x98\x80", b"'", b"//", b"/**/",
]  # fmt: skip


class RejectError(Exception):
    """The value is none of the type."""


def mutated(
    rng: random.Random, sample: bytes, swaps: Sequence[Callable[[random.Random, bytes], bytes]]
) -> bytes:
    """A sample after one to three mutations."""
    for _ in range(rng.randint(1, 3)):
        sample = rng.choice((_flip, _cut, _insert, _double, *swaps, *swaps, *swaps))(rng, sample)
    return sample


def _flip(rng: random.Random, sample: bytes) -> bytes:
    if not sample:
        return sample
    at = rng.randrange(len(sample))
    return sample[:at] + bytes([sample[at] ^ (1 << rng.randrange(8))]) + sample[at + 1 :]


def _cut(rng: random.Random, sample: bytes) -> bytes:
    low, high = sorted((rng.randrange(len(sample) + 1), rng.randrange(len(sample) + 1)))
    return rng.choice((sample[:low], sample[high:], sample[:low] + sample[high:]))


def _insert(rng: random.Random, sample: bytes) -> bytes:
    at = rng.randrange(len(sample) + 1)
    return sample[:at] + rng.choice(NOISE) * rng.choice((1, 1, 2)) + sample[at:]


def _double(rng: random.Random, sample: bytes) -> bytes:
    low, high = sorted((rng.randrange(len(sample) + 1), rng.randrange(len(sample) + 1)))
    return sample[:high] + sample[low:high] + sample[high:]


_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
_CLOCK = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"


def of_text(kind: Any, text: str) -> Any:
    """The value that a text stands for; RejectError if it stands for none of the type."""
    try:
        return _of_text(kind, text)
    except (ValueError, ArithmeticError) as error:
        raise RejectError(text) from error


def _of_text(kind: Any, text: str) -> Any:
    return _READERS[kind](text) if kind in _READERS else fitting(Decimal(_match(_NUMBER.pattern, text)), kind)


def _instant(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(_match(_CLOCK + r"(Z|[+-][0-9]{2}:?[0-5][0-9])", text))
    if abs(moment.utcoffset() or dt.timedelta()) > dt.timedelta(hours=18):
        raise ValueError(text)
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


_READERS: dict[Any, Callable[[str], Any]] = {
    "string": str,
    "int": lambda text: _whole(int(_match(r"[-+]?[0-9]+", text)), 31),
    "long": lambda text: _whole(int(_match(r"[-+]?[0-9]+", text)), 63),
    "double": lambda text: finite(float(_match(_NUMBER.pattern, text))),
    "boolean": lambda text: {"true": True, "false": False}[_match("true|false", text.lower())],
    "date": lambda text: dt.date.fromisoformat(_match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)),
    "timestamp": lambda text: dt.datetime.fromisoformat(_match(_CLOCK, text)),
    "timestamptz": _instant,
    "binary": lambda text: base64.b64decode(text, validate=True),
}


def _match(pattern: str, text: str) -> str:
    if not re.fullmatch(pattern, text):
        raise ValueError(text)
    return text


def _whole(number: int, bits: int) -> int:
    if not -(2**bits) <= number < 2**bits:
        raise ValueError(number)
    return number


def finite(number: float) -> float:
    """The number, unless it is none."""
    if not math.isfinite(number):
        raise ValueError(number)
    return number


def fitting(number: Decimal, kind: str) -> Decimal:
    """The number, unless the decimal type would change it."""
    precision, scale = map(int, re.findall("[0-9]+", kind))
    exponent = int(number.normalize().as_tuple().exponent)
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
    return Decimal(text)


def _integer(text: str) -> int:
    return int(str(_decimal(text).to_integral_value())) if len(text) <= _LONGEST else int(_refuse(text))


def _refuse(text: str) -> str:
    raise ValueError(text)


class Repeating(dict[str, Any]):
    """An object that has a key twice; where the contract says nothing of it, it is none of our business."""


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    json.dumps(pairs, default=str, ensure_ascii=False).encode("utf-8")
    return (Repeating if len(dict(pairs)) < len(pairs) else dict)(pairs)


def of_json(kind: Any, value: Any) -> Any:
    """What a JSON value becomes; RejectError if it is none of the type."""
    if value is None:
        return None
    if isinstance(kind, dict):
        return _lines_of(_held(value) if isinstance(value, str) else value)
    if kind == "string" and isinstance(value, Decimal):
        raise RejectError(value)
    if kind == "string" and isinstance(value, dict | list):
        return json.loads(json.dumps(value, default=float))
    if isinstance(value, str):
        return of_text(kind, value)
    if isinstance(value, dict | list) or (kind in ("int", "long") and isinstance(value, Decimal)):
        raise RejectError(value)
    return of_text(kind, str(value).lower() if isinstance(value, bool) else str(value))


def _held(text: str) -> Any:
    """What a JSON text in a text holds; null is no value of a nested type."""
    value = json_object(b'{"x":' + text.encode() + b"}")["x"]
    if value is None:
        raise RejectError(text)
    return value


def _lines_of(value: Any) -> list[Any] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise RejectError(value)
    found: list[Any] = []
    for line in value:
        if isinstance(line, Repeating) or not isinstance(line, dict | None):
            raise RejectError(value)
        row = line and {"sku": of_json("string", line.get("sku")), "units": of_json("int", line.get("units"))}
        if line is not None and (not row or row["sku"] is None):
            raise RejectError(value)
        found.append(row)
    return found


Found = dict[tuple[str, int], dict[str, Any] | None]
"""Records by file name and position; None: rejected."""


def judged_records(bench: Any) -> Found:
    """What the job makes of every record of a bench, before any is dropped as a repeat."""
    dataset = bench.dataset
    objects = new_objects(LocalStorage(), dataset.bronze.location, State())
    session = runtime.own_session(bench.spark)
    damaged: frozenset[str] = frozenset()
    while True:
        reading = read_parts(session, LocalStorage(), dataset, objects, damaged)
        frame = judge(reading.parts, dataset).frame.persist()
        try:
            tallies = tally(frame)
            more = reading.miscounted(records_by_object(tallies))
        except SPARK_ERRORS:
            more = damaged_among(session, LocalStorage(), dataset, objects)
            assert more > damaged
        if not more:
            break
        damaged |= more
    starts = offsets(tallies)
    names = [field.name for field in dataset.fields]
    # As instants they would come in the zone of this machine; Python has no year 0, which is rejected.
    plain = [
        F.when(
            F.col(FAULT).isNull(),
            F.col(field.name).cast("timestamp_ntz") if field.type == TIMESTAMPTZ else F.col(field.name),
        ).alias(field.name)
        for field in dataset.fields
    ]
    found: Found = {}
    for row in frame.select(*plain, SOURCE, NUMBER, BLOCK, FAULT).collect():
        place = row[SOURCE].rpartition("/")[2], row[NUMBER] + starts[row[SOURCE], row[BLOCK]]
        assert place not in found
        found[place] = {name: _plain(row[name]) for name in names} if row[FAULT] is None else None
    frame.unpersist()
    assert len(found) == sum(item.records for item in tallies)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [each and each.asDict() for each in value]
    return bytes(value) if isinstance(value, bytearray) else value


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
