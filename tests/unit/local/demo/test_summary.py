"""The demonstration tells where counts and answers are not those that samples expect."""

import pytest

from local.demo.questions import Answer
from local.demo.summary import Course, DatasetCounts, unexpected_answers, unexpected_counts
from local.feed.feed import Fed
from local.feed.finder import LakeSamples
from local.feed.samples import Counts

FOUND = DatasetCounts(
    "shop/orders", records_in=9, accepted=5, rejected=2, superseded=2, silver_rows=4,
    reasons={"bad_length": 2}, generated=False,
)  # fmt: skip


def course(expected: Counts, **failures: str) -> Course:
    return Course(LakeSamples({}), Fed(expected={"shop/orders": expected}), failures, "index.html", [])


@pytest.mark.parametrize(
    "expected", [Counts(4, {"bad_length": 2}, 9, 5), Counts(4, {"bad_length": 2})], ids=["all", "some"]
)
def test_nothing_is_told_when_counts_are_those_expected(expected: Counts) -> None:
    assert list(unexpected_counts([FOUND], course(expected))) == []


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        (Counts(3, {"bad_length": 2}, 9, 5), "rows of shop/orders: got 4; expected: 3"),
        (
            Counts(4, {}, 9, 5),
            "rejected of shop/orders: got {'bad_length': 2}; expected: {}",
        ),
        (Counts(4, {"bad_length": 2}, 8, 5), "records in of shop/orders: got 9; expected: 8"),
        (Counts(4, {"bad_length": 2}, 9, 0), "accepted of shop/orders: got 5; expected: 0"),
    ],
)
def test_each_count_that_is_another_is_told(expected: Counts, told: str) -> None:
    assert list(unexpected_counts([FOUND], course(expected))) == [told]


def test_nothing_is_told_of_a_domain_whose_pipeline_failed() -> None:
    assert list(unexpected_counts([FOUND], course(Counts(0), shop="it failed"))) == []


def test_another_answer_is_told() -> None:
    right = Answer("How many?", "analyst", "SELECT 1", ["n"], [["1"]], [["1"]])
    wrong = Answer("How much?", "analyst", "SELECT 2", ["n"], [["2"]], [["1"]])
    assert list(unexpected_answers([right, wrong])) == ["How much? got [['2']]; expected: [['1']]"]
