"""Odd Parquet records and damaged files: each is accounted for, and reads as an independent reader has it."""

import random

import pytest

from tests.unit.glue_scripts.judge.subjects import dataset, verdicts
from tests.unit.glue_scripts.mutations import SEED
from tests.unit.glue_scripts.parquet_subjects import PER_FILE, damaged_files, parquet_files, parquet_truth
from tests.unit.glue_scripts.truth import KINDS, agree, report

pytestmark = pytest.mark.long

RECORDS = 20_000
DAMAGED = 200
SUBJECT = dataset(KINDS, {"id": {"required": True}}, {"format": "parquet"})


def test_fuzz_parquet_records_are_what_a_second_reader_reads() -> None:
    rng = random.Random(SEED)  # noqa: S311 (a seed makes it repeatable)
    wrong, accepted = [], 0
    for name, table, content in parquet_files(rng, RECORDS):
        truth = dict(enumerate(parquet_truth(table), 1))
        found = verdicts(SUBJECT, content).by_position(list(KINDS))
        assert found.keys() == truth.keys(), name
        wrong += [((name, at), row, truth[at]) for at, row in found.items() if not agree(row, truth[at])]
        accepted += sum(row is not None for row in truth.values())
    assert not wrong, pytest.fail(report(wrong))
    assert RECORDS * 0.05 < accepted < RECORDS * 0.9


def test_fuzz_damaged_files_are_all_their_records_or_one() -> None:
    rng = random.Random(SEED)  # noqa: S311 (a seed makes it repeatable)
    refused = 0
    for name, content in damaged_files(rng, DAMAGED):
        found = verdicts(SUBJECT, content).by_position(list(KINDS))
        assert len(found) == PER_FILE or found == {1: None}, name
        refused += len(found) == 1
    assert refused > DAMAGED * 0.5
