from hypothesis import given
from hypothesis import strategies as st

from tools.ops.firehose.copies import parse_ranges, ranges


def test_ranges_are_short_when_numbers_follow_one_another() -> None:
    assert ranges([0, 1, 2, 3, 7, 9, 10]) == "0-3,7,9-10"


@given(st.sets(st.integers(0, 10_000), min_size=1))
def test_ranges_are_read_as_they_were_written(numbers: set[int]) -> None:
    assert parse_ranges(ranges(sorted(numbers))) == numbers
