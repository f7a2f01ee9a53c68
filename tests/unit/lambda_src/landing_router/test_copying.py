import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from landing_router.copying import COPY_MAX, PARALLEL, PART_LEAST, PARTS_MAX, part_size

TIB = 1024**4
OBJECT_MAX = 50_000_000_000_000
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html"""

SLOWEST = 85_000_000
"""Bytes a second of one request, as AWS states."""

ALARM_SECONDS = 9 * 60
"""The alarm on the router's duration."""


@given(st.integers(COPY_MAX, OBJECT_MAX))
@example(OBJECT_MAX)
def test_parts_are_as_many_and_as_large_as_s3_takes_when_the_object_is_of_any_size(size: int) -> None:
    part = part_size(size)
    assert -(-size // part) <= PARTS_MAX
    assert PART_LEAST <= part <= COPY_MAX


@pytest.mark.parametrize("size", [COPY_MAX + 1, 100 * 1024**3, TIB])
def test_copy_ends_before_the_alarm_when_each_request_is_as_slow_as_s3_states(size: int) -> None:
    rounds = -(-size // (part_size(size) * PARALLEL))
    assert rounds * part_size(size) / SLOWEST < ALARM_SECONDS
