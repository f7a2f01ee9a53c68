"""Both carriers make the same tables of the same objects, and may take turns on one table."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from lakehouse_etl.job.storage import LocalStorage
from lakehouse_etl.native.run import NativeRun
from lakehouse_etl.silver.outcome import Result
from pyspark.sql import SparkSession

from tests.unit.glue_scripts.bench import KEYS, Bench, MakeBench
from tools.bench.native.file_catalog import FileCatalog

pytestmark = pytest.mark.spark

LAST = {"method": "truncate", "last": 2}
FIELDS: dict[str, Any] = {
    "id": "string",
    "part": "int",
    "version": "long",
    "at": "timestamptz",
    "seen": "timestamp",
    "day": "date",
    "price": "decimal(9, 2)",
    "size": "double",
    "done": "boolean",
    "email": "string",
    "blob": "binary",
    "marks": {"type": "map", "key": "string", "value": "long", "value-required": False},
    "tags": {"type": "list", "element": "string", "element-required": False},
    "place": {
        "type": "struct",
        "fields": [
            {
                "name": "city",
                "type": "string",
                "required": False,
                "masking": {"method": "truncate", "last": 2},
            },
            {"name": "floor", "type": "int", "required": False},
            {"name": "door", "type": "string", "required": True, "masking": "redact"},
        ],
    },
}
RULES: dict[str, dict[str, Any]] = {
    "id": {"required": True},
    "part": {"required": True},
    "email": {"masking": "hash"},
    "day": {"masking": {"method": "generalize", "to": "month"}},
    "price": {"masking": {"method": "generalize", "width": 100}},
    "marks": {"masking": {"method": "generalize", "width": 2}},
    "tags": {"masking": "tokenize"},
}
FILLED = {
    "name": "filled", "kind": "aggregate", "sql": "count(*)", "operator": "mustBeGreaterThan", "values": [0],
    "severity": "error",
}  # fmt: skip
BATCHES = {"merge": 3, "append": 2, "overwrite": 2}


def _record(rng: random.Random) -> dict[str, Any]:
    record = {
        "id": f"é{rng.randrange(9)}",
        "part": rng.randrange(2),
        "version": rng.choice([None, 1, 2, 3]),
        "at": f"2026-01-0{rng.randrange(1, 4)}T2{rng.randrange(4)}:30:00.{rng.randrange(10**6):06}+01:00",
        "seen": f"1969-12-31T23:59:5{rng.randrange(10)}",
        "day": f"2026-02-0{rng.randrange(1, 10)}",
        "price": rng.randrange(10**6) / 100,
        "size": rng.choice([0.5, -1e300, 7]),
        "done": rng.choice([True, False]),
        "email": f"{rng.randrange(5)}@example.com",
        "tags": rng.choice([["x", None], [], None]),
        "place": rng.choice([{"city": "Ulm", "floor": 3, "door": "a"}, {"city": None, "door": "b"}, None]),
        "blob": rng.choice(["AAE=", "", None]),
        "marks": rng.choice([{"x": 1, "y": None}, {}, None]),
        "more": rng.randrange(3),
    }
    return {name: value for name, value in record.items() if value is not None or rng.random() < 1 / 2}


def _lines(batch: int, number: int) -> bytes:
    rng = random.Random(f"{batch} {number}")  # noqa: S311 (the same each time)
    lines = [json.dumps(_record(rng), ensure_ascii=rng.random() < 1 / 2) for _ in range(12)]
    faulty = ['{"id": "x"', '{"id": null, "part": 1}', '{"id": "y", "part": "one"}', "", "  "]
    lines += [lines[0], *rng.sample(faulty, 3)]
    rng.shuffle(lines)
    return "\n".join(lines).encode()


def _make(make_bench: MakeBench, write: str) -> Bench:
    bench = make_bench(
        FIELDS, rules=RULES, key=["id", "part"], order_by=["version", "at"], write=write,
        unknown_fields="rescue", table_rules=[FILLED],
    )  # fmt: skip
    table = f"glue_catalog.{bench.dataset.silver_table}"
    bench.spark.sql(f"ALTER TABLE {table} ADD PARTITION FIELD days(at)")
    bench.spark.sql(f"ALTER TABLE {table} ADD PARTITION FIELD bucket(2, id)")
    return bench


def _put(bench: Bench, batch: int) -> None:
    for number in range(2):
        bench.put(_lines(batch, number), f"{batch}-{number}.json{'.gz' * number}")


def _natively(bench: Bench, run: str) -> Result:
    place = bench.spark.conf.get("spark.sql.catalog.glue_catalog.warehouse") or ""
    catalog = FileCatalog(Path(place.removeprefix("file://")))
    return NativeRun(catalog, LocalStorage(), bench.dataset, run).run(lambda: KEYS)


def _cells(bench: Bench) -> dict[str, list[tuple[Any, ...]]]:
    """What Spark reads in both tables, without what differs between two benches."""
    found = {}
    for kind in ("silver", "quarantine"):
        rows = bench.table(getattr(bench.dataset, f"{kind}_table")).drop("run_id").collect()
        found[kind] = sorted((tuple(map(_cell, row)) for row in rows), key=repr)
    return found


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("file:"):
        return value[value.index("/ingest_date=") :]
    return value


def _told(bench: Bench) -> set[tuple[Any, ...]]:
    names = ("rule", "scope", "severity", "outcome", "value", "threshold")
    # The carriers know different rules about records; those that records broke must be the same.
    rows = [row for row in bench.results() if row["scope"] != "record" or row["outcome"] != "passed"]
    return {tuple(row[name] for name in names) for row in rows}


@pytest.mark.parametrize("write", BATCHES)
def test_carriers_make_the_same_tables_and_may_alternate(
    make_bench: MakeBench, spark: SparkSession, write: str
) -> None:
    by_spark, natively, in_turns = (_make(make_bench, write) for _ in range(3))
    for batch in range(BATCHES[write]):
        for bench in (by_spark, natively, in_turns):
            _put(bench, batch)
        expected = by_spark.run()
        results = [
            _natively(natively, f"run-{batch}"),
            in_turns.run() if batch % 2 else _natively(in_turns, f"run-{batch}"),
        ]
        for result in results:
            assert (result.objects, result.counts, result.reasons) == (
                expected.objects, expected.counts, expected.reasons,
            )  # fmt: skip
        cells = _cells(by_spark)
        assert _cells(natively) == cells
        assert _cells(in_turns) == cells
        head = by_spark.head()
        assert by_spark.run().objects == _natively(by_spark, "more").objects == 0
        assert by_spark.head() == head
        assert natively.run().objects == 0
    assert _told(natively) == _told(by_spark)
