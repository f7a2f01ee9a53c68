"""The judge and the Spark judge on the same objects: they differ where the Spark judge is wrong, only there.

`LAKE_DIFFERENTIAL=20000 pytest tests/unit/glue_scripts/judge/test_against_spark.py` compares as many records.
"""

import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.judge.judge import Judge
from lakehouse_etl.judge.part import Source

from tests.unit.glue_scripts.bench import Bench, MakeBench
from tests.unit.glue_scripts.csv_subjects import csv_files
from tests.unit.glue_scripts.json_subjects import json_files, json_lines, json_records
from tests.unit.glue_scripts.judge.differences import DIFFERENCES, Case, explanation, same
from tests.unit.glue_scripts.judge.subjects import verdicts
from tests.unit.glue_scripts.mutations import SEED
from tests.unit.glue_scripts.records.fuzz import Verdict, spark_verdicts
from tests.unit.glue_scripts.truth import KINDS

pytestmark = pytest.mark.spark
RECORDS = int(os.environ.get("LAKE_DIFFERENTIAL", "2000"))

FIELDS = {
    **KINDS, "mail": "string", "weight": "float", "code": "string",
    "prices": {"type": "list", "element": "decimal(6, 2)"},
}  # fmt: skip
NAMES = frozenset({*FIELDS, "sku", "units"})
RULES: dict[str, Any] = {
    "id": {"required": True},
    "mail": {"masking": "hash"},
    "note": {"checks": {"max_length": 40}},
    "count": {"checks": {"minimum": 0, "exclusive_maximum": 100}},
    "ratio": {"checks": {"exclusive_minimum": -10.5}},
    "price": {"checks": {"maximum": 500.25}},
    "at": {"checks": {"minimum": "2025-12-31T23:00:00-02:00"}},
    "code": {"checks": {"pattern": "^[a-z]+[0-9]?$"}},
    "lines": {"checks": {"max_length": 3}},
}
SAMPLES: list[dict[str, Any]] = [
    {
        "id": "ü1", "count": 3, "big": -5, "ratio": 0.5, "price": 12.5, "wide": "12345678901234567890.1234",
        "day": "2026-01-31", "at": "2026-01-31T10:00:00.5+01:00", "local": "2026-01-31 10:00:00", "on": True,
        "blob": "AAE=", "note": 'say "x" \\ \n', "mail": "a@b", "weight": 0.25, "code": "abc1",
        "lines": [{"sku": "a", "units": 1}, {"sku": "b", "units": None}], "prices": [1.25, 3],
    },
    {"id": "2", "note": None, "lines": [], "extra": {"a": [1, {"b": 2}], "c": "\t\u0001é"}, "n": 1.5, "m": 3},
    {"id": "3", "count": "4", "price": "0.10", "on": "false", "wide": 3, "lines": '[{"sku": 1}]'},
]  # fmt: skip


def _by_position(subject: Dataset, content: bytes) -> dict[int, Verdict]:
    """What the judge makes of an object."""
    found = verdicts(subject, content)
    values = found.by_position([field.name for field in subject.fields])
    good = {
        at: Verdict(values[at], record_hash=row["_record_hash"], rescued=row.get("_rescued"))
        for at, row in zip(found.positions, found.rows, strict=True)
    }
    return {**good, **{each.position: Verdict(None, each.breach.rule, each.raw) for each in found.rejected}}


def _put(bench: Bench, files: dict[str, bytes]) -> dict[tuple[str, int], Verdict]:
    """What Spark makes of objects."""
    for name, content in files.items():
        bench.put(content, name, hour=0)
    return spark_verdicts(bench)


def _json_cases(bench: Bench, files: dict[str, bytes]) -> Iterator[Case]:
    """Every line with both verdicts."""
    spark = _put(bench, files)
    assert len(spark) == sum(len(json_lines(content)) for content in files.values())
    for name, content in files.items():
        found, at = _by_position(bench.dataset, content), 1
        for number, line in enumerate(json_lines(content), 1):
            records = json_records(line)
            judge = found[at] if records == [line] else None
            yield Case(line.decode(errors="replace"), NAMES, spark[name, number], judge)
            at += len(records)
        assert len(found) == at - 1


def _csv_cases(bench: Bench, files: dict[str, bytes]) -> Iterator[Case]:
    """Every record of the objects of whose headers both think the same."""
    spark = _put(bench, files)
    for name, content in files.items():
        if _is_lenient(content):
            continue
        found = _by_position(bench.dataset, content)
        theirs = {at: verdict for (file, at), verdict in spark.items() if file == name}
        assert found.keys() == theirs.keys(), name
        reader = Judge(bench.dataset, None).format
        for at, record in enumerate(reader.records(Source(name, content)), 1):
            yield Case(reader.raw(record) or "", NAMES, theirs[at], found[at])


def _is_lenient(content: bytes) -> bool:
    """Whether a header has columns without a name, or names of another case: all its records differ."""
    header = re.split(rb"\r\n|\r|\n", content.removeprefix(b"\xef\xbb\xbf"))[0]
    names = [name.strip() for name in header.decode(errors="replace").split(",")]
    return any(not name.strip('"') or (name not in KINDS and name.lower() in KINDS) for name in names)


def _unexplained(cases: Iterator[Case]) -> tuple[Counter[str | None], list[Case]]:
    """How many cases each difference explains, the equal ones under `same`; and those that none does."""
    explained: Counter[str | None] = Counter()
    left = []
    for case in cases:
        name = "same" if case.judge and same(case.spark, case.judge) else explanation(case)
        explained[name] += 1
        if name is None:
            left.append(case)
    return explained, left


@pytest.mark.parametrize("policy", ["rescue", "reject"])
def test_json_records_differ_from_those_of_spark_where_those_are_wrong(
    make_bench: MakeBench, policy: str
) -> None:
    rng = random.Random(f"{SEED}{policy}")  # noqa: S311 (a seed makes it repeatable)
    bench = make_bench(FIELDS, rules=RULES, unknown_fields=policy)
    cases = _json_cases(bench, dict(json_files(rng, RECORDS // 2, SAMPLES)))
    explained, left = _unexplained(cases)
    assert not left, pytest.fail("\n".join(map(str, left[:10])))
    assert explained["same"] > 0.9 * explained.total()


@pytest.mark.parametrize("policy", ["rescue", "reject"])
def test_csv_records_differ_from_those_of_spark_where_those_are_wrong(
    make_bench: MakeBench, policy: str
) -> None:
    rng = random.Random(f"{SEED}{policy}")  # noqa: S311 (a seed makes it repeatable)
    rules = {name: rule for name, rule in RULES.items() if name in KINDS}
    bronze = {"format": "csv", "null_token": "NA"}
    bench = make_bench(KINDS, rules=rules, bronze=bronze, unknown_fields=policy)
    explained, left = _unexplained(_csv_cases(bench, dict(csv_files(rng, RECORDS // 4))))
    assert not left, pytest.fail("\n".join(map(str, left[:10])))
    assert explained["same"] > 0.9 * explained.total()


@pytest.mark.parametrize("policy", ["rescue", "reject"])
def test_every_difference_shows(make_bench: MakeBench, policy: str) -> None:
    bench = make_bench(FIELDS, rules=RULES, unknown_fields=policy)
    named = [
        (each.name, record)
        for each in DIFFERENCES
        for record in (each.records if policy == "rescue" else each.rejected)
    ]
    content = "\n".join(record for _, record in named).encode()
    found = [
        "same" if case.judge and same(case.spark, case.judge) else explanation(case)
        for case in _json_cases(bench, {"x.json": content})
    ]
    assert list(zip(found, (record for _, record in named), strict=True)) == named
