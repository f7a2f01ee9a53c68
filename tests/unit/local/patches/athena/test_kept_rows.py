"""Rows of answers are the same once they are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.patches.athena import kept_rows
from local.patches.athena.kept_rows import KeptRows

CELL = st.none() | st.text(max_size=5)


@given(
    rows=st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=9),
    start=st.integers(0, 12),
    length=st.integers(0, 12),
)
def test_any_part_is_as_it_was(rows: list[list[str | None]], start: int, length: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept_rows, "_PAGE", 3)
        kept = KeptRows(rows)
        assert len(kept) == len(rows)
        assert kept[start : start + length] == rows[start : start + length]
        assert list(kept) == rows


def test_row_that_is_not_there_is_an_error() -> None:
    kept = KeptRows([["a", None]])
    assert (kept[0], kept[-1]) == (["a", None], ["a", None])
    with pytest.raises(IndexError):
        kept[1]
