"""What the fast tier calls clean, the careful one takes with equal values, hash and masking."""

import gzip
import os
import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lakehouse_etl.contract.changes import as_written
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.contract.reasons import MAX_RECORD_BYTES
from lakehouse_etl.judge.judge import Judge
from lakehouse_etl.judge.part import Source
from lakehouse_etl.judge.vectorised import parts

from tests.unit.glue_scripts.judge.subjects import KEYS, dataset
from tests.unit.glue_scripts.judge.vectorised.comparison import verdicts
from tests.unit.glue_scripts.judge.vectorised.contracts import datasets
from tests.unit.glue_scripts.judge.vectorised.csv_objects import csv_object
from tests.unit.glue_scripts.judge.vectorised.json_lines import json_object
from tests.unit.glue_scripts.mutations import SEED

RECORDS = int(os.environ.get("LAKE_DIFFERENTIAL", "3000"))
"""About how many records are drawn; `LAKE_DIFFERENTIAL=300000` draws more than every run does."""

_PER_EXAMPLE = 37
"""Records of an object, on average."""

ODD = st.sampled_from([0.0, 0.1, 0.5])

thorough = settings(
    max_examples=RECORDS // _PER_EXAMPLE,
    database=None,
)


@pytest.fixture(autouse=True, scope="module")
def _at_once() -> Iterator[None]:
    """Judge at once however few records there are: drawn objects are small."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "FEW", 1)
        yield


def _written(subject: Dataset) -> Dataset:
    return subject if subject.changes is None else as_written(subject, subject.changes)


def _assert_equal(subject: Dataset, rng: random.Random, content: bytes) -> None:
    judge = Judge(subject, KEYS)
    name = rng.choice(("a", "LOAD00000001"))
    source = rng.choice((Source(name, content), Source(f"{name}.gz", gzip.compress(content))))
    assert verdicts(judge.judged(source), judge) == verdicts(judge.carefully(source), judge)


@thorough
@given(datasets("json"), st.integers(0, 2**32), ODD)
def test_both_tiers_come_to_the_same_when_lines_are_any(subject: Dataset, seed: int, odd: float) -> None:
    rng = random.Random(seed)  # noqa: S311 (a seed makes it repeatable)
    _assert_equal(subject, rng, json_object(rng, _written(subject), odd=odd))


@thorough
@given(datasets("csv"), st.integers(0, 2**32), ODD)
def test_both_tiers_come_to_the_same_when_records_of_csv_are_any(
    subject: Dataset, seed: int, odd: float
) -> None:
    rng = random.Random(seed)  # noqa: S311 (a seed makes it repeatable)
    _assert_equal(subject, rng, csv_object(rng, _written(subject), odd=odd))


def test_both_tiers_come_to_the_same_when_an_object_is_longer_than_a_block() -> None:
    rng = random.Random(SEED)  # noqa: S311 (a seed makes it repeatable)
    subject = dataset({"id": "string", "n": "long"}, bronze={"routing_member": "_type"})
    plain = b'{"id": "a", "n": %d, "_type": "' + b"x" * 4096 + b'"}'
    oversized = b'{"id": "a", "_type": "' + b"x" * MAX_RECORD_BYTES + b'"}'
    odd = [b'{"id": "a"}{"id": "b"}', b'{"id": "a", "n": "x"}', b"[]", b"", oversized]
    lines = [rng.choice(odd) if rng.random() < 0.01 else plain % at for at in range(3000)]
    content = b"\r\n".join([*lines, *odd])
    judge = Judge(subject, KEYS)
    parts_of_blocks = list(judge.judged(Source("a", content)))
    assert verdicts(parts_of_blocks, judge) == verdicts(judge.carefully(Source("a", content)), judge)
    assert len(parts_of_blocks) > 2
    assert max(part.rows.num_rows for part in parts_of_blocks) < len(lines) / 2
