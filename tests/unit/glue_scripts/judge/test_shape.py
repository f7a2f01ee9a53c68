"""What a rejected record looks like holds nothing of it."""

import re
from string import ascii_letters

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakehouse_etl.contract.model import Field
from lakehouse_etl.contract.reasons import KEPT_CHARACTERS
from lakehouse_etl.contract.types import STRING
from lakehouse_etl.judge.shape import shaper

FIELDS = (Field("id", STRING, True), Field("street", STRING, False, physical_name="Straße No"))
shape = shaper(FIELDS)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, None),
        ('{"id": "ann@example.org", "born": -12.5}', '{"id": "xxx@xxxxxxx.xxx", "xxxx": -99.9}'),
        ("id;Straße No\n7;Süd_1", "id;Straße No\n9;xxx_9"),
        ("٣ 中文 \u0301\U0001f600", "x xx xx"),
        ("identity", "xxxxxxxx"),
    ],
)
def test_names_and_punctuation_alone_stay(text: str | None, told: str | None) -> None:
    assert shape(text) == told


@given(st.text() | st.text(ascii_letters + "0123456789_@. {}\":,'\\"))
def test_no_letter_and_no_digit_of_a_value_stays(text: str) -> None:
    told = shape(text)
    assert told is not None
    assert len(told) == len(text)
    words = set(re.findall(r"\w+", told)) - {"id", "Straße", "No"}
    assert all(set(word) <= set("x9_") for word in words)


def test_shape_is_bounded_when_the_record_is_not() -> None:
    assert len(shape("a" * (KEPT_CHARACTERS + 1)) or "") == KEPT_CHARACTERS
