"""Columns keep the rules that their values keep one by one."""

from datetime import date, datetime
from decimal import Decimal as Number
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from lakehouse_etl.contract.model import Checks, Field
from lakehouse_etl.contract.types import STRING, Decimal, List, Primitive, Type
from lakehouse_etl.judge.fields.arrow_types import arrow_type
from lakehouse_etl.judge.fields.rules import value_rules
from lakehouse_etl.judge.vectorised.rules import kept_rules
from lakehouse_etl.judge.vectorised.values import UnservedError

ENDS = ("minimum", "maximum", "exclusive_minimum", "exclusive_maximum")
CENTS = Decimal(4, 2)
NUMBERS: dict[Type, st.SearchStrategy[Any]] = {
    Primitive("int"): st.integers(-(2**31) + 1, 2**31 - 1) | st.integers(-3, 3),
    Primitive("long"): st.integers(-(2**63) + 1, 2**63 - 1) | st.integers(-3, 3),
    Primitive("float"): st.floats(width=32, allow_nan=False, allow_infinity=False),
    Primitive("double"): st.floats(allow_nan=False, allow_infinity=False),
    CENTS: st.integers(-9999, 9999).map(lambda cents: Number(cents).scaleb(-2)),
}
BOUNDS = st.one_of(
    st.integers(-4, 4),
    st.integers(-(2**70), 2**70),
    st.decimals(-5, 5, places=3),
    st.sampled_from([Number("99.99"), Number("-99.99"), 100, -100, Number("0.1"), Number("1e-300")]),
)


def _limit(end: str, bound: Any) -> Checks:
    return Checks(**{end: bound})


def _assert_kept(field: Field, values: list[Any]) -> None:
    array = pa.array(values, arrow_type(field.type))
    kept = [True] * len(values)
    for rule in kept_rules(field):
        kept = [one and other for one, other in zip(kept, rule(array).to_pylist(), strict=True)]
    careful = list(value_rules(field))
    # As Arrow holds them: of a float, what 32 bits hold; instants have no zone here.
    held = values if isinstance(field.type, Primitive) and "time" in field.type.name else array.to_pylist()
    assert kept == [not any(rule.broken(value) for rule in careful) for value in held]


@given(st.data(), st.sampled_from(list(NUMBERS)), st.sampled_from(ENDS), BOUNDS)
def test_numbers_keep_a_limit_when_each_does(data: st.DataObject, kind: Type, end: str, bound: Any) -> None:
    field = Field("n", kind, True, checks=_limit(end, bound))
    near = [Number(round(bound)), Number(bound)] if kind == CENTS and abs(bound) < 99 else []
    values = data.draw(st.lists(NUMBERS[kind], max_size=5)) + [each.quantize(Number("0.01")) for each in near]
    try:
        _assert_kept(field, values)
    except UnservedError:
        assert all(rule.broken(value) for rule in value_rules(field) for value in values)


@given(st.lists(st.dates(date(2026, 1, 30), date(2026, 2, 1))), st.sampled_from(ENDS), st.just("2026-01-31"))
def test_dates_keep_a_limit_when_each_does(days: list[date], end: str, bound: str) -> None:
    _assert_kept(Field("day", Primitive("date"), True, checks=_limit(end, bound)), days)


INSTANTS = st.datetimes(datetime(2026, 1, 31, 22), datetime(2026, 1, 31, 23, 59, 59)) | st.sampled_from(
    [datetime(2026, 1, 31, 23), datetime(2026, 1, 31, 22)]
)


@given(st.lists(INSTANTS), st.sampled_from(ENDS))
def test_instants_keep_a_limit_when_each_does(instants: list[datetime], end: str) -> None:
    local = _limit(end, "2026-01-31T23:00:00")
    _assert_kept(Field("at", Primitive("timestamp"), True, checks=local), instants)
    zoned = _limit(end, "2026-01-31T23:00:00+01:00")
    _assert_kept(Field("at", Primitive("timestamptz"), True, checks=zoned), instants)


TEXT_CHECKS = [
    Checks(allowed=("a", "é", "")),
    Checks(pattern=r"^\w+$"),
    Checks(pattern=r"\s"),
    Checks(pattern=r"(.)\1"),
    Checks(pattern=r"^a$"),
    Checks(min_length=1, max_length=2),
]


@given(
    st.lists(st.text(st.sampled_from("aé\n\v\u2028\U0001f600 "), max_size=4)), st.sampled_from(TEXT_CHECKS)
)
def test_texts_keep_rules_when_each_does(texts: list[str], checks: Checks) -> None:
    _assert_kept(Field("text", STRING, True, checks=checks), texts)


@given(st.lists(st.lists(st.integers(0, 9), max_size=4)))
def test_arrays_keep_their_bounds_when_each_does(arrays: list[list[int]]) -> None:
    checks = Checks(min_length=1, max_length=2)
    _assert_kept(Field("items", List(Primitive("int")), True, checks=checks), arrays)
