"""What the fast tier calls clean, the careful one takes with equal values, hash and masking."""

import gzip
import os
import random
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lakehouse_etl.contract.changes import as_written
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.judge.judge import Judge
from lakehouse_etl.judge.part import Source
from lakehouse_etl.judge.vectorised import parts

from tests.unit.glue_scripts.judge.vectorised.comparison import verdicts
from tests.unit.glue_scripts.judge.vectorised.contracts import KEY, datasets
from tests.unit.glue_scripts.judge.vectorised.csv_objects import csv_object
from tests.unit.glue_scripts.judge.vectorised.json_lines import json_object

RECORDS = int(os.environ.get("LAKE_DIFFERENTIAL", "3000"))
"""About how many records are drawn; `LAKE_DIFFERENTIAL=300000` draws more than every run does."""

_PER_EXAMPLE = 15
"""Records of an object, on average."""

ODD = st.sampled_from([0.0, 0.1, 0.5])

thorough = settings(
    max_examples=RECORDS // _PER_EXAMPLE,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)


@pytest.fixture(autouse=True, scope="module")
def _at_once() -> Iterator[None]:
    """Judge at once however few records there are: drawn objects are small."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "FEW", 1)
        yield


def _written(dataset: Dataset) -> Dataset:
    return dataset if dataset.changes is None else as_written(dataset, dataset.changes)


def _assert_equal(dataset: Dataset, rng: random.Random, content: bytes) -> None:
    judge = Judge(dataset, KEY)
    name = rng.choice(("a", "LOAD00000001"))
    source = rng.choice((Source(name, content), Source(f"{name}.gz", gzip.compress(content))))
    assert verdicts(judge.judged(source), judge) == verdicts(judge.carefully(source), judge)


@thorough
@given(datasets("json"), st.integers(0, 2**32), ODD)
def test_both_tiers_come_to_the_same_when_lines_are_any(dataset: Dataset, seed: int, odd: float) -> None:
    rng = random.Random(seed)  # noqa: S311 (a seed makes it repeatable)
    _assert_equal(dataset, rng, json_object(rng, _written(dataset), odd=odd))


@thorough
@given(datasets("csv"), st.integers(0, 2**32), ODD)
def test_both_tiers_come_to_the_same_when_records_of_csv_are_any(
    dataset: Dataset, seed: int, odd: float
) -> None:
    rng = random.Random(seed)  # noqa: S311 (a seed makes it repeatable)
    _assert_equal(dataset, rng, csv_object(rng, _written(dataset), odd=odd))
