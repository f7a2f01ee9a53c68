"""Ten thousand mutated CSV records: each is accounted for, and what is accepted is what it says."""

import gzip
import random
from typing import Any

import pytest

from tests.unit.glue_scripts.bench import MakeBench
from tests.unit.glue_scripts.csv_subjects import csv_files, csv_truth
from tests.unit.glue_scripts.mutations import SEED, mutated
from tests.unit.glue_scripts.records.fuzz import judged_records
from tests.unit.glue_scripts.truth import KINDS, agree, report

pytestmark = pytest.mark.spark
RECORDS = 10_000


def test_fuzz_csv_records_are_all_accounted_for_and_read_as_a_second_reader_does(
    make_bench: MakeBench,
) -> None:
    rng = random.Random(SEED)  # noqa: S311 (a seed makes it repeatable)
    bench = make_bench(KINDS, rules={"id": {"required": True}}, bronze={"format": "csv", "null_token": "NA"})
    expected: dict[tuple[str, int], Any] = {}
    for name, content in csv_files(rng, RECORDS):
        bench.put(content, name, hour=0)
        expected |= {(name, at): row for at, row in enumerate(csv_truth(content), 1)}
    whole = gzip.compress(b"id\n" + b"x\n" * 5000)
    for at in range(20):
        damaged = mutated(rng, whole, ())
        path = bench.put(damaged, f"gz{at:02}.csv", hour=0)
        path.rename(path.with_suffix(".csv.gz"))
    found = judged_records(bench)
    plain = {place: row for place, row in found.items() if place[0] in {name for name, _ in expected}}
    assert plain.keys() == expected.keys()
    wrong = [(place, row, expected[place]) for place, row in plain.items() if not agree(row, expected[place])]
    assert not wrong, pytest.fail(report(wrong))
    accepted = sum(row is not None for row in plain.values())
    assert len(plain) * 0.05 < accepted < len(plain) * 0.9
    assert bench.run().counts.records_in == len(found)
