"""A text that has the plain form of its type becomes the value that the careful judge reads from it."""

from typing import get_args

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakehouse_etl.contract.types import Decimal, Name, Primitive
from lakehouse_etl.judge.fields.arrow_types import arrow_type
from lakehouse_etl.judge.fields.scalars import text_reader
from lakehouse_etl.judge.vectorised.scalars import Scalars, form

from tests.unit.glue_scripts.judge.vectorised.contracts import DECIMALS

FORMED = [Primitive(name) for name in get_args(Name) if name != "string"]


ASCII = st.characters(codec="ascii")


def _assert_read(kind: Primitive | Decimal, text: str) -> None:
    values, clean = Scalars(kind).read(pa.array([text, None], pa.string()))
    expected = pa.array([text_reader(kind)(text), None], arrow_type(kind))
    assert clean is None
    assert list(map(repr, values.to_pylist())) == list(map(repr, expected.to_pylist()))


@pytest.mark.parametrize("kind", FORMED, ids=str)
@given(st.data())
def test_text_is_read_as_the_careful_judge_reads_it_when_it_has_the_form(
    kind: Primitive, data: st.DataObject
) -> None:
    _assert_read(kind, data.draw(st.from_regex(form(kind) or "", alphabet=ASCII, fullmatch=True)))


@given(DECIMALS, st.data())
def test_decimal_is_read_as_the_careful_judge_reads_it_when_it_has_the_form(
    kind: Decimal, data: st.DataObject
) -> None:
    _assert_read(kind, data.draw(st.from_regex(form(kind) or "", alphabet=ASCII, fullmatch=True)))


@given(DECIMALS)
def test_greatest_decimal_has_the_form(kind: Decimal) -> None:
    digits = "9" * kind.precision
    whole = digits[: kind.precision - kind.scale] or "0"
    _assert_read(kind, f"-{whole}.{digits[: kind.scale]}" if kind.scale else f"-{whole}")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("int", "2147483648"), ("int", "1.0"), ("int", "+1"), ("int", "1_0"), ("long", "9223372036854775808"),
        ("double", "1e999"), ("double", "nan"), ("double", "0x1p3"), ("float", "1e39"), ("boolean", "1"),
        ("date", "2026-02-29"), ("date", "2026-04-31"), ("date", "20260131"), ("date", "2026-01-31\n"),
        ("timestamp", "2026-01-31"), ("timestamp", "2026-01-31T24:00:00"),
        ("timestamp", "2026-01-31T00:00:00Z"),
        ("timestamptz", "2026-01-31T00:00:00"), ("timestamptz", "2026-01-31T00:00:60Z"),
        ("timestamptz", "9999-12-31T23:59:59-01:00"), ("binary", "A"), ("binary", "AA=A"),
    ],
)  # fmt: skip
def test_text_is_doubted_when_it_has_another_form(name: Name, text: str) -> None:
    values, clean = Scalars(Primitive(name)).read(pa.array([text, None], pa.string()))
    assert values.to_pylist() == [None, None]
    assert clean is not None
    assert clean.to_pylist() == [False, True]
