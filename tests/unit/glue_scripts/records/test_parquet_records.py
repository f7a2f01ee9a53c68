"""Parquet records: exact conversions, columns by name, several schemas, files that are no Parquet."""

import datetime as dt
import io
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.glue_scripts.bench import Bench, MakeBench

pytestmark = pytest.mark.spark
UTC = dt.UTC
INNER = {
    "type": "struct",
    "fields": [
        {"name": "sku", "type": "string", "required": True},
        {"name": "units", "type": "int", "required": False},
    ],
}
FIELDS = {
    "id": "string", "count": "int", "big": "long", "ratio": "double", "price": "decimal(6, 2)", "day": "date",
    "at": "timestamptz", "local": "timestamp", "on": "boolean", "lines": {"type": "list", "element": INNER},
    "tags": {"type": "map", "key": "string", "value": "long"},
}  # fmt: skip


def parquet(columns: dict[str, Any], **options: Any) -> bytes:
    """A file of these columns."""
    content = io.BytesIO()
    pq.write_table(pa.table(columns), content, **options)
    return content.getvalue()


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    return make_bench(FIELDS, rules={"id": {"required": True}}, bronze={"format": "parquet"})


WIDER = [
    ("count", pa.array([7], pa.int8()), 7),
    ("count", pa.array([7], pa.int64()), 7),
    ("count", pa.array(["7"]), 7),
    ("count", pa.array([7.0]), 7),
    ("big", pa.array([7], pa.uint32()), 7),
    ("big", pa.array([7], pa.uint64()), 7),
    ("ratio", pa.array([0.1], pa.float32()), 0.10000000149011612),
    ("ratio", pa.array([3], pa.int32()), 3.0),
    ("price", pa.array([Decimal("1.5")], pa.decimal128(20, 1)), Decimal("1.50")),
    ("price", pa.array([Decimal("1.500")], pa.decimal128(20, 3)), Decimal("1.50")),
    ("price", pa.array([12.34]), Decimal("12.34")),
    ("price", pa.array([7]), Decimal("7.00")),
    ("day", pa.array([dt.datetime(2026, 1, 2)], pa.timestamp("us")), dt.date(2026, 1, 2)),
    ("day", pa.array(["2026-01-02"]), dt.date(2026, 1, 2)),
    ("at", pa.array([1_000_001], pa.timestamp("ns", "UTC")), dt.datetime(1970, 1, 1, 0, 0, 0, 1000)),
    ("at", pa.array([-1000], pa.timestamp("ms", "Asia/Tokyo")), dt.datetime(1969, 12, 31, 23, 59, 59)),
    ("at", pa.array(["1970-01-01T01:00:00+01:00"]), dt.datetime(1970, 1, 1)),
    ("local", pa.array([-1001], pa.timestamp("ns")), dt.datetime(1969, 12, 31, 23, 59, 59, 999998)),
    ("on", pa.array(["true"]), True),
    ("id", pa.array([b"a"]), "a"),
    ("id", pa.array([5], pa.int16()), "5"),
    ("lines", pa.array([[{"units": 2, "sku": "x", "more": 1}]]), [{"sku": "x", "units": 2}]),
    ("tags", pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int32())), {"a": 1}),
]  # fmt: skip
NARROWER = [
    ("count", pa.array([2**31]), "overflow"),
    ("count", pa.array([1.5]), "wrong_type"),
    ("count", pa.array([True]), "wrong_type"),
    ("big", pa.array([2**63], pa.uint64()), "overflow"),
    ("ratio", pa.array([2**60]), "wrong_type"),
    ("ratio", pa.array([float("nan")]), "wrong_type"),
    ("price", pa.array([Decimal("1.005")], pa.decimal128(20, 3)), "wrong_type"),
    ("price", pa.array([Decimal(10000)], pa.decimal128(20, 0)), "overflow"),
    ("price", pa.array([0.001]), "wrong_type"),
    ("day", pa.array([dt.datetime(2026, 1, 2, 1)], pa.timestamp("us")), "bad_timestamp"),
    ("day", pa.array(["2026-02-30"]), "bad_timestamp"),
    ("at", pa.array([1], pa.timestamp("us")), "bad_timestamp"),
    ("at", pa.array([1]), "bad_timestamp"),
    ("id", pa.array([b"\xff"]), "wrong_type"),
    ("id", pa.array([1.5]), "wrong_type"),
    ("lines", pa.array([[{"units": 2}]]), "missing_required"),
    ("lines", pa.array([[{"sku": "x", "units": 2**40}]]), "wrong_type"),
    ("lines", pa.array(["x"]), "wrong_type"),
]


def test_types_that_lose_nothing_are_taken_and_others_rejected(bench: Bench) -> None:
    for at, (name, column, _) in enumerate([*WIDER, *NARROWER]):
        others = {} if name == "id" else {"id": [f"{at:02}"]}
        bench.put(parquet({**others, name: column}), f"{at:02}.parquet", hour=0)
    result = bench.run()
    found = {}
    for row in bench.table(bench.dataset.silver_table).collect():
        at = int(row["_source_object"][-10:-8])
        found[at] = row[WIDER[at][0]]
    assert [_plain(found.get(at)) for at in range(len(WIDER))] == [value for *_, value in WIDER]
    rejected = {int(row["source_object"][-10:-8]): row for row in bench.rejected()}
    assert {at - len(WIDER): row["reason"] for at, row in rejected.items()} == {
        at: reason for at, (*_, reason) in enumerate(NARROWER)
    }
    assert json.loads(rejected[len(WIDER)]["raw"]) == {"id": f"{len(WIDER)}", "count": 2**31}
    assert result.counts.records_in == len(WIDER) + len(NARROWER)


def _plain(value: Any) -> Any:
    return [row.asDict() for row in value] if isinstance(value, list) else value


def test_columns_are_found_by_name_and_missing_ones_are_null(bench: Bench) -> None:
    bench.put(parquet({"count": [1, 2], "id": ["a", None], "other": [1, 2]}))
    bench.put(parquet({"id": ["b"]}, compression="zstd"))
    bench.put(parquet({"ID": ["c"]}))
    bench.put(parquet({"id": pa.array([], pa.string())}))
    result = bench.run()
    assert [(row["id"], row["count"]) for row in bench.rows()] == [("a", 1), ("b", None)]
    assert result.reasons == {"missing_column": 1, "missing_required": 1}
    assert [row["position"] for row in bench.rejected()] == [2, 1]


DAMAGED: dict[str, Callable[[bytes], bytes]] = {
    "text": lambda whole: b"no Parquet at all",
    "empty": lambda whole: b"",
    "cut": lambda whole: whole[:-20],
    "beginning": lambda whole: whole[:100],
    "footer": lambda whole: whole[:-8] + (10**9).to_bytes(4, "little") + b"PAR1",
    "thrift": lambda whole: whole[:-60] + bytes(52) + whole[-8:],
    "pages": lambda whole: b"PAR1" + b"\xff" * (len(whole) // 2) + whole[4 + len(whole) // 2 :],
    "names": lambda whole: parquet({"id": ["x"], "Id": ["y"]}),
    "times": lambda whole: parquet({"id": ["x"], "t": pa.array([1], pa.time64("us"))}),
}


def test_files_that_cannot_be_read_are_one_rejected_record_each(bench: Bench) -> None:
    whole = parquet({"id": [f"{number}" * 9 for number in range(200)], "count": list(range(200))})
    for name, damage in DAMAGED.items():
        bench.put(damage(whole), f"{name}.parquet", hour=0)
    bench.put(parquet({"id": ["good"]}), "good.parquet", hour=0)
    result = bench.run()
    assert [row["id"] for row in bench.rows()] == ["good"]
    assert {row["source_object"].rpartition("/")[2] for row in bench.rejected()} == {
        f"{name}.parquet" for name in DAMAGED
    }
    assert result.reasons == {"unreadable_file": len(DAMAGED)}
    assert bench.run().objects == 0


@pytest.mark.parametrize(
    ("policy", "reasons", "rescued"),
    [("ignore", {}, None), ("rescue", {}, {"more": 1}), ("reject", {"unknown_field": 1}, None)],
)
def test_unknown_columns_are_treated_as_the_contract_says(
    make_bench: MakeBench, policy: str, reasons: dict[str, int], rescued: dict[str, int] | None
) -> None:
    bench = make_bench({"id": "string"}, bronze={"format": "parquet"}, unknown_fields=policy)
    bench.put(parquet({"id": ["a"], "more": [1], "none": pa.array([None], pa.int64())}))
    bench.put(parquet({"id": ["b"]}))
    assert bench.run().reasons == reasons
    rows = bench.table(bench.dataset.silver_table).orderBy("id").collect()
    assert len(rows) == 2 - len(reasons)
    if policy == "rescue":
        assert [row["_rescued"] and json.loads(row["_rescued"]) for row in rows] == [rescued, None]


def test_repeated_record_is_the_same_version_however_a_file_stores_it(bench: Bench) -> None:
    bench.put(parquet({"id": ["a"], "count": pa.array([1], pa.int64())}))
    bench.put(parquet({"count": pa.array([1], pa.int8()), "id": ["a"]}))
    assert bench.run().counts.superseded == 1
    hashes = bench.table(bench.dataset.silver_table).select("_record_hash").collect()
    bench.put(parquet({"id": ["a"], "count": ["1"]}))
    assert bench.run().counts.superseded == 1
    assert bench.table(bench.dataset.silver_table).select("_record_hash").collect() == hashes
