"""Mutated records: each is accounted for, and what is accepted is what independent readers make of it."""

import random

import pytest

from tests.unit.glue_scripts.csv_subjects import csv_files, csv_truth
from tests.unit.glue_scripts.json_subjects import json_files, json_lines, json_records, json_truth
from tests.unit.glue_scripts.judge.subjects import dataset, verdicts
from tests.unit.glue_scripts.mutations import SEED
from tests.unit.glue_scripts.truth import KINDS, agree, by_case, report

RECORDS = 10_000
REQUIRED = {"id": {"required": True}}


def test_fuzz_json_records_are_what_python_reads_when_they_are_mutated() -> None:
    rng = random.Random(SEED)  # noqa: S311 (a seed makes it repeatable)
    subject = dataset(KINDS, REQUIRED)
    wrong, accepted = [], 0
    for name, content in json_files(rng, RECORDS):
        found = verdicts(subject, content).by_position(list(KINDS))
        records = (each for line in json_lines(content) for each in json_records(line))
        expected = dict(enumerate(records, 1))
        assert found.keys() == expected.keys(), name
        for at, line in expected.items():
            truth = json_truth(line, by_case)
            accepted += truth is not None
            if not agree(found[at], truth):
                wrong.append((line, found[at], truth))
    assert not wrong, pytest.fail(report(wrong))
    assert RECORDS * 0.1 < accepted < RECORDS * 0.9


def test_fuzz_csv_records_are_what_a_second_reader_reads_when_they_are_mutated() -> None:
    rng = random.Random(SEED)  # noqa: S311 (a seed makes it repeatable)
    subject = dataset(KINDS, REQUIRED, {"format": "csv", "null_token": "NA"})
    wrong, accepted = [], 0
    for name, content in csv_files(rng, RECORDS):
        found = verdicts(subject, content).by_position(list(KINDS))
        truth = dict(enumerate(csv_truth(content, lenient=True), 1))
        assert found.keys() == truth.keys(), name
        wrong += [((name, at), row, truth[at]) for at, row in found.items() if not agree(row, truth[at])]
        accepted += sum(row is not None for row in truth.values())
    assert not wrong, pytest.fail(report(wrong))
    assert RECORDS * 0.05 < accepted < RECORDS * 0.9
