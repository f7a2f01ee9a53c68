"""The lake makes of its samples what they say that it must."""

import pytest

from local.feed.finder import find_samples
from tests.fixtures.proven_lake import ProvenLake

pytestmark = pytest.mark.lake


def test_counts_and_answers_are_those_that_samples_expect(proven: ProvenLake) -> None:
    assert proven.summary.unexpected == []


def test_every_question_of_the_samples_is_asked(proven: ProvenLake) -> None:
    samples = find_samples(proven.lake.lake)
    questions = [each.text for domain in proven.lake.lake.domains for each in samples.questions(domain)]
    asked = [answer.question for answer in proven.summary.queries]
    assert sorted(asked) == sorted(questions) or (not questions and len(asked) == 1)
