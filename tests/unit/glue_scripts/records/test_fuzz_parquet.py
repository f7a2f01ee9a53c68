"""Ten thousand odd Parquet records and damaged files: each is accounted for and reads as in pyarrow."""

import datetime as dt
import io
import math
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.glue_scripts.bench import MakeBench
from tests.unit.glue_scripts.mutations import SEED, mutated
from tests.unit.glue_scripts.records.fuzz import judged_records
from tests.unit.glue_scripts.truth import (
    KINDS,
    RejectError,
    agree,
    finite,
    fitting,
    of_json,
    of_text,
    report,
)

pytestmark = pytest.mark.spark
RECORDS = 10_000
PER_FILE = 1000
DAMAGED = 40

Make = Callable[[random.Random], Any]

EDGES = [0, 1, -1, 3, 127, -128, 255, 2**31 - 1, 2**31, -(2**31), 2**53, 2**53 + 1, 2**63 - 1, -(2**63)]
TEXTS = [
    "", "a", "3", "-5", "1.5", "0.10", "1e3", "true", "2026-01-31", "2026-02-30", "2026-01-31T10:00:00Z",
    "AAE=",
    "ü", "\0", "[]", '[{"sku": "a"}]', '[{"sku": "a", "units": 9999999999}]', "{}", "😀", "NaN",
]  # fmt: skip


def _integers(kind: pa.DataType, bits: int, *, signed: bool = True) -> tuple[pa.DataType, Make]:
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    return kind, lambda rng: min(high, max(low, rng.choice((*EDGES, rng.randint(low, high)))))


def _decimal(precision: int, scale: int) -> tuple[pa.DataType, Make]:
    limit = 10**precision - 1
    return pa.decimal128(precision, scale), lambda rng: Decimal(
        rng.randint(-limit, limit) // rng.choice((1, 10**6))
    ).scaleb(-scale)


def _instant(unit: str, per_second: int, zone: str | None) -> tuple[pa.DataType, Make]:
    return pa.timestamp(unit, zone), lambda rng: rng.choice(
        (0, -1, 86_400 * per_second, rng.randint(-(10**9), 10**9) * per_second + rng.randrange(per_second))
    )


SOURCES: list[tuple[pa.DataType, Make]] = [
    _integers(pa.int8(), 8), _integers(pa.int16(), 16), _integers(pa.int32(), 32), _integers(pa.int64(), 64),
    _integers(pa.uint8(), 8, signed=False), _integers(pa.uint32(), 32, signed=False),
    _integers(pa.uint64(), 64, signed=False),
    _decimal(5, 1), _decimal(6, 2), _decimal(9, 4), _decimal(24, 4), _decimal(38, 10),
    (pa.float32(), lambda rng: rng.choice((0.0, 1.5, 2.0**24, 3e38, math.nan, math.inf, rng.random()))),
    (pa.float64(),
     lambda rng: rng.choice((0.0, -0.0, 0.1, 12.34, 2.0**53, 1e300, math.nan, -math.inf, rng.random()))),
    (pa.bool_(), lambda rng: rng.random() < 0.5),
    (pa.date32(), lambda rng: dt.date(1, 1, 1) + dt.timedelta(days=rng.randrange(3_650_000))),
    _instant("ms", 10**3, None), _instant("us", 10**6, None), _instant("ns", 10**9, None),
    _instant("ms", 10**3, "UTC"), _instant("us", 10**6, "Asia/Tokyo"), _instant("ns", 10**9, "UTC"),
    (pa.string(), lambda rng: rng.choice(TEXTS)),
    (pa.large_string(), lambda rng: rng.choice(TEXTS)),
    (pa.binary(), lambda rng: rng.choice((b"", b"a", b"\xff", "ü".encode(), b"\x00\x01"))),
    (pa.list_(pa.struct([("sku", pa.string()), ("units", pa.int64())])),
     lambda rng: [{"sku": rng.choice(("a", None)), "units": rng.choice((None, 2**40))}] * rng.choice((0, 2))),
]  # fmt: skip


def _file(rng: random.Random) -> pa.Table:
    """Columns of the contract in types that may or may not do, in any order, some missing."""
    names = rng.sample(list(KINDS), rng.randint(3, len(KINDS)))
    columns = {"id": pa.array([f"{at}" for at in range(PER_FILE)])} if rng.random() < 0.9 else {}
    for name in names:
        if name == "id" and columns:
            continue
        kind, make = rng.choice(_likely(name) if rng.random() < 0.8 else SOURCES)
        values = [None if rng.random() < 0.2 else make(rng) for _ in range(PER_FILE)]
        columns[name] = pa.array(values, kind)
    return pa.table(columns)


def _likely(name: str) -> list[tuple[pa.DataType, Make]]:
    """Types that can be those of a column."""
    of = {
        "on": pa.types.is_boolean,
        "blob": pa.types.is_binary,
        "lines": pa.types.is_list,
        "day": pa.types.is_date,
    }
    moments = {"at": pa.types.is_timestamp, "local": pa.types.is_timestamp}
    texts = {"id": pa.types.is_string, "note": pa.types.is_string}
    fits = {**of, **moments, **texts}.get(
        name, lambda kind: pa.types.is_integer(kind) or pa.types.is_decimal(kind)
    )
    return [(kind, make) for kind, make in SOURCES if fits(kind)]


def _cell(kind: Any, have: pa.DataType, value: Any) -> Any:
    """What a value of a Parquet column becomes; RejectError if it is lost on the way."""
    if value is None:
        return None
    if pa.types.is_string(have) or pa.types.is_large_string(have):
        return of_json(kind, value)
    try:
        return _typed(kind, have, value)
    except (ValueError, ArithmeticError, KeyError, TypeError) as error:
        raise RejectError(value) from error


def _typed(kind: Any, have: pa.DataType, value: Any) -> Any:
    if isinstance(kind, dict) or isinstance(value, list):
        return of_json(kind, value) if isinstance(kind, dict) and isinstance(value, list) else _none(value)
    if kind in ("date", "timestamp", "timestamptz"):
        return _moment(kind, have, value)
    if kind == "string":
        return _text(have, value)
    if kind in ("boolean", "binary"):
        return value if isinstance(value, bool if kind == "boolean" else bytes) else _none(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or pa.types.is_timestamp(have):
        raise RejectError(value)
    if kind == "double":
        return _double(value)
    return _whole(kind, have, value) if kind in ("int", "long") else _exact(kind, value)


def _text(have: pa.DataType, value: Any) -> str:
    match value:
        case bytes():
            return value.decode()
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value:f}"
        case int() | dt.date() if not pa.types.is_timestamp(have):
            return str(value)
    raise RejectError(value)


def _none(value: Any) -> Any:
    raise RejectError(value)


def _double(value: float | Decimal) -> float:
    if isinstance(value, Decimal):
        return float(value) if Decimal(repr(float(value))) == value else _none(value)
    if isinstance(value, int) and abs(value) > 2**53:
        raise RejectError(value)
    return finite(float(value))


def _whole(kind: str, have: pa.DataType, value: Any) -> Any:
    """No floating type holds whole numbers one by one for ever."""
    if isinstance(value, float) and not abs(value) <= (2**24 if have == pa.float32() else 2**53):
        raise RejectError(value)
    return of_text(kind, str(int(value))) if value == int(value) else _none(value)


def _exact(kind: str, value: Any) -> Decimal:
    if not isinstance(value, float):
        return fitting(Decimal(value), kind)
    digits = Decimal(repr(finite(value)))
    if len(digits.normalize().as_tuple().digits) > 15:
        raise RejectError(value)
    return fitting(digits, kind)


_EPOCH = dt.datetime(1970, 1, 1)
_PER_SECOND = {"ms": 10**3, "us": 10**6, "ns": 10**9}


def _moment(kind: str, have: pa.DataType, value: Any) -> Any:
    if pa.types.is_date(have):
        if kind == "date":
            return value
        return dt.datetime.combine(value, dt.time()) if kind == "timestamp" else _none(value)
    if not pa.types.is_timestamp(have):
        raise RejectError(value)
    moment = _EPOCH + dt.timedelta(microseconds=value * 10**6 // _PER_SECOND[have.unit])
    if have.tz is not None:
        return _none(value) if kind == "date" else moment
    if kind == "date":
        return moment.date() if moment.time() == dt.time() else _none(value)
    return moment if kind == "timestamp" else _none(value)


def _truth(table: pa.Table) -> list[dict[str, Any] | None]:
    instants = [name for name in table.column_names if pa.types.is_timestamp(table.schema.field(name).type)]
    columns = {
        name: (table[name].cast(pa.int64()) if name in instants else table[name]).to_pylist()
        for name in table.column_names
    }
    found = []
    for at in range(table.num_rows):
        try:
            row = {
                name: _cell(kind, table.schema.field(name).type, columns[name][at])
                if name in columns
                else None
                for name, kind in KINDS.items()
            }
        except RejectError:
            row = {"id": None}
        found.append(row if row["id"] is not None else None)
    return found


def _bytes(table: pa.Table, **options: Any) -> bytes:
    content = io.BytesIO()
    pq.write_table(table, content, write_page_checksum=True, **options)
    return content.getvalue()


def test_fuzz_parquet_records_are_all_accounted_for_and_read_as_pyarrow_reads_them(
    make_bench: MakeBench,
) -> None:
    rng = random.Random(SEED)  # noqa: S311 (a seed makes it repeatable)
    bench = make_bench(KINDS, rules={"id": {"required": True}}, bronze={"format": "parquet"})
    expected: dict[tuple[str, int], dict[str, Any] | None] = {}
    rows: dict[str, int] = {}
    for number in range(RECORDS // PER_FILE):
        table, name = _file(rng), f"f{number:04}.parquet"
        options = {
            "compression": rng.choice(("snappy", "gzip", "zstd", "none")),
            "row_group_size": rng.choice((7, 1000)),
        }
        bench.put(_bytes(table, **options), name, hour=0)
        expected |= {(name, at): row for at, row in enumerate(_truth(table), 1)}
    whole = pa.table({"id": [f"{at}" for at in range(PER_FILE)], "note": ["x" * 40] * PER_FILE})
    for number in range(DAMAGED):
        name = f"g{number:04}.parquet"
        bench.put(mutated(rng, _bytes(whole), ()), name, hour=0)
        rows[name] = PER_FILE
    found = judged_records(bench)
    sound = {place: row for place, row in found.items() if place[0] not in rows}
    assert sound.keys() == expected.keys()
    wrong = [(place, row, expected[place]) for place, row in sound.items() if not agree(row, expected[place])]
    assert not wrong, pytest.fail(report(wrong))
    for name, count in rows.items():
        of_file = [row for place, row in found.items() if place[0] == name]
        assert len(of_file) == count or of_file == [None], name
    accepted = sum(row is not None for row in sound.values())
    assert len(sound) * 0.05 < accepted < len(sound) * 0.9
