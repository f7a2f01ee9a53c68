"""Ten thousand odd Parquet records and damaged files: each is accounted for and reads as in pyarrow."""

import random
from typing import Any

import pytest

from tests.unit.glue_scripts.bench import MakeBench
from tests.unit.glue_scripts.mutations import SEED
from tests.unit.glue_scripts.parquet_subjects import PER_FILE, damaged_files, parquet_files, parquet_truth
from tests.unit.glue_scripts.records.fuzz import judged_records
from tests.unit.glue_scripts.truth import KINDS, agree, report

pytestmark = pytest.mark.spark
RECORDS = 10_000
DAMAGED = 40


def test_fuzz_parquet_records_are_all_accounted_for_and_read_as_pyarrow_reads_them(
    make_bench: MakeBench,
) -> None:
    rng = random.Random(SEED)  # noqa: S311 (a seed makes it repeatable)
    bench = make_bench(KINDS, rules={"id": {"required": True}}, bronze={"format": "parquet"})
    expected: dict[tuple[str, int], dict[str, Any] | None] = {}
    for name, table, content in parquet_files(rng, RECORDS):
        bench.put(content, name, hour=0)
        expected |= {(name, at): row for at, row in enumerate(parquet_truth(table), 1)}
    damaged = damaged_files(rng, DAMAGED)
    for name, content in damaged:
        bench.put(content, name, hour=0)
    found = judged_records(bench)
    of_damaged = {name for name, _ in damaged}
    sound = {place: row for place, row in found.items() if place[0] not in of_damaged}
    assert sound.keys() == expected.keys()
    wrong = [(place, row, expected[place]) for place, row in sound.items() if not agree(row, expected[place])]
    assert not wrong, pytest.fail(report(wrong))
    for name in of_damaged:
        of_file = [row for place, row in found.items() if place[0] == name]
        assert len(of_file) == PER_FILE or of_file == [None], name
    accepted = sum(row is not None for row in sound.values())
    assert len(sound) * 0.05 < accepted < len(sound) * 0.9
