"""The judge and the Spark judge on the same files: they differ where the Spark judge is wrong, only there.

`LAKE_DIFFERENTIAL=20000 pytest tests/unit/glue_scripts/judge/parquet/test_against_spark.py` compares as many.
"""

import datetime as dt
import json
import os
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from lakehouse_etl.contract.model import Dataset

from tests.unit.glue_scripts.bench import Bench, MakeBench
from tests.unit.glue_scripts.judge.subjects import verdicts
from tests.unit.glue_scripts.mutations import SEED
from tests.unit.glue_scripts.parquet_subjects import PER_FILE, SOURCES, parquet_bytes, parquet_table
from tests.unit.glue_scripts.records.fuzz import Verdict, spark_verdicts
from tests.unit.glue_scripts.truth import KINDS, agree

pytestmark = pytest.mark.spark
RECORDS = int(os.environ.get("LAKE_DIFFERENTIAL", "2000"))

TAGS = {"type": "map", "key": "string", "value": "long"}
FIELDS = {**KINDS, "tags": TAGS, "weight": "float", "mail": "string"}
RULES: dict[str, Any] = {
    "id": {"required": True},
    "mail": {"masking": "hash"},
    "note": {"checks": {"max_length": 12, "pattern": "^[^N]*$"}},
    "count": {"checks": {"minimum": 0, "exclusive_maximum": 200}},
    "price": {"checks": {"maximum": 500.25}},
    "at": {"checks": {"minimum": "1999-12-31T23:00:00-02:00"}},
    "lines": {"checks": {"max_length": 1}},
}
CHANGES = {
    "operation": "Op", "changed_at": "_changed_at", "sequence": "_sequence", "before": "_before_",
    "deleted_table": "silver.deleted",
}  # fmt: skip
SEQUENCE = "20260101080000000000000000000000001"


@dataclass(frozen=True)
class Case:
    """A record that both have judged."""

    given: Mapping[str, tuple[pa.DataType, Any]]
    """What its columns hold, with their types."""
    spark: Verdict
    judge: Verdict

    @property
    def differs(self) -> tuple[Any, ...]:
        """What is not the same, empty if all is."""
        one, other = self.spark, self.judge
        if one.values is None or other.values is None:
            rules = one.rule, other.rule
            return (
                (() if _names(one.raw) == _names(other.raw) else ("raw",)) if len(set(rules)) == 1 else rules
            )
        values = [name for name, each in other.values.items() if not _agree(each, one.values[name])]
        hashes = [] if one.record_hash == other.record_hash else ["hash"]
        rescued = [] if _cut(one.rescued) == _cut(other.rescued) else ["rescued"]
        return (*values, *hashes, *rescued)


def _agree(ours: Any, theirs: Any) -> bool:
    # Maps come as lists of pairs, of Spark as dicts in any order.
    return agree({"": theirs}, {"": dict(ours) if isinstance(theirs, dict) else ours})


def _names(raw: str | None) -> list[str] | None:
    return None if raw is None else list(json.loads(raw))


def _cut(rescued: str | None) -> Any:
    """Unknown fields with instants of milliseconds, as Spark writes them."""
    return rescued and json.loads(re.sub(r"(T\d\d:\d\d:\d\d\.\d{3})\d+", r"\1", rescued))


def _another_case(case: Case) -> bool:
    known = {name.lower() for name in (*FIELDS, "Op")}
    return any(name not in FIELDS and name.lower() in known - {"op"} for name in case.given)


def _plain_decimal(case: Case) -> bool:
    if case.spark.values is None or case.judge.values is None:
        return False
    differing = [name for name in case.differs if name not in ("hash", "rescued")]
    return bool(differing) and all(
        pa.types.is_decimal(case.given[name][0])
        and Decimal(case.spark.values[name]) == Decimal(case.judge.values[name])
        for name in differing
    )


DIFFERENCES: dict[str, Callable[[Case], bool]] = {
    "a column of another case stands for its field": _another_case,
    "a decimal is a text without an exponent": _plain_decimal,
    "what the contract does not name is unknown inside structs, too": (
        lambda case: str(case.judge.rule).startswith("unknown_field") and "lines" in case.given
    ),
}
"""Ways in which the Spark judge is wrong."""


def _odd_files() -> Iterator[tuple[str, pa.Table]]:
    """Files that show each difference."""
    yield "case", pa.table({"id": ["a"], "COUNT": [1]})
    yield "exponent", pa.table({"id": ["a"], "note": pa.array([Decimal(0)], pa.decimal128(38, 10))})
    yield "member", pa.table({"id": ["a"], "lines": pa.array([[{"sku": "a", "more": 1}]])})


def _table(rng: random.Random) -> pa.Table:
    """Columns of the contract, and others."""
    table = parquet_table(rng)
    maps = [rng.choice((None, [], [("a", 1)], [("b", 2**40), ("a", None)])) for _ in range(PER_FILE)]
    table = table.append_column("tags", pa.array(maps, pa.map_(pa.string(), pa.int64())))
    for name in ("weight", "mail", "other", "more"):
        if rng.random() < (0.7 if name in FIELDS else 0.3):
            kind, make = rng.choice(SOURCES)
            values = [None if rng.random() < 0.3 else make(rng) for _ in range(PER_FILE)]
            table = table.append_column(name, pa.array(values, kind))
    return table


def _changes(rng: random.Random) -> pa.Table:
    """Changes of a table, many of them wrong in some way."""
    draws: dict[str, tuple[Any, ...]] = {
        "Op": ("I", "U", "D", "D", "X", None),
        "_sequence": (SEQUENCE, SEQUENCE, SEQUENCE, "1", None),
        "_before_id": ("a", None),
    }
    table = _table(rng)
    for name, values in draws.items():
        column = pa.array([rng.choice(values) for _ in range(PER_FILE)], pa.string())
        table = table.append_column(name, column)
    moments = [None if rng.random() < 0.1 else dt.datetime(2026, 1, 1, 8)] * PER_FILE
    return table.append_column("_changed_at", pa.array(moments, pa.timestamp("us", "UTC")))


def _cases(bench: Bench, files: Mapping[str, pa.Table]) -> Iterator[Case]:
    contents = {name: parquet_bytes(table) for name, table in files.items()}
    for name, content in contents.items():
        bench.put(content, name, hour=0)
    spark = spark_verdicts(bench)
    for name, content in contents.items():
        found = _by_position(bench.dataset, content, name)
        theirs = {at: verdict for (file, at), verdict in spark.items() if file == name}
        assert found.keys() == theirs.keys(), name
        table = files[name]
        for at, judge in found.items():
            given = {each.name: (each.type, table[each.name][at - 1]) for each in table.schema}
            yield Case(given, theirs[at], judge)


def _by_position(subject: Dataset, content: bytes, name: str) -> dict[int, Verdict]:
    found = verdicts(subject, content, name)
    names = found.rows[0].keys() - {"_record_hash", "_rescued"} if found.rows else []
    values = found.by_position(list(names))
    good = {
        at: Verdict(values[at], record_hash=row["_record_hash"], rescued=row.get("_rescued"))
        for at, row in zip(found.positions, found.rows, strict=True)
    }
    return {**good, **{each.position: Verdict(None, each.breach.rule, each.raw) for each in found.rejected}}


def _compared(cases: Iterator[Case]) -> Counter[str]:
    """The differences that were seen, and how often."""
    seen: Counter[str] = Counter()
    unexplained: list[Any] = []
    for case in cases:
        if case.differs:
            name = next((name for name, explains in DIFFERENCES.items() if explains(case)), None)
            if name is None:
                unexplained.append((case.differs, case))
            else:
                seen[name] += 1
        else:
            seen["taken" if case.judge.values else "rejected"] += 1
    assert not unexplained, f"{len(unexplained)} unexplained, such as {unexplained[:3]}"
    return seen


@pytest.mark.parametrize(
    ("policy", "shown"), [("rescue", list(DIFFERENCES)[:2]), ("reject", list(DIFFERENCES)[2:])]
)
def test_judges_agree_on_parquet_files_but_for_the_differences(
    make_bench: MakeBench, policy: str, shown: list[str]
) -> None:
    rng = random.Random(SEED)  # noqa: S311 (a seed makes it repeatable)
    bench = make_bench(FIELDS, rules=RULES, bronze={"format": "parquet"}, unknown_fields=policy)
    files = {f"f{number:04}.parquet": _table(rng) for number in range(max(1, RECORDS * 2 // 5 // PER_FILE))}
    files |= {f"{name}.parquet": table for name, table in _odd_files()}
    seen = _compared(_cases(bench, files))
    assert set(shown) <= seen.keys()
    assert seen["rejected"] > 100


def test_judges_agree_on_changes(make_bench: MakeBench) -> None:
    rng = random.Random(SEED)  # noqa: S311 (a seed makes it repeatable)
    bench = make_bench(
        FIELDS, rules=RULES, bronze={"format": "parquet"}, changes=CHANGES, unknown_fields="rescue"
    )
    names = ("20260101-080000000.parquet", "LOAD00000001-0123456789abcdef.parquet")
    files = {
        name.replace("0000", f"{number:04}", 1): _changes(rng)
        for number in range(max(1, RECORDS // 10 // PER_FILE))
        for name in names
    }
    seen = _compared(_cases(bench, files))
    assert seen.keys() <= {"taken", "rejected"}
    assert min(seen.values()) > 50
