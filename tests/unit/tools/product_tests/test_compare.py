"""Rows are compared in any order, cell by cell."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from tools.product_tests.compare import Difference, differences

INSTANT = datetime(2026, 1, 31, tzinfo=UTC)


def _table(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows))


def test_nothing_differs_when_rows_come_in_another_order_with_other_columns() -> None:
    expected = _table({"id": "a", "n": 1}, {"id": "b", "n": 2}, {"id": "b", "n": 2})
    got = _table({"n": 2, "id": "b", "x": 0}, {"n": 1, "id": "a", "x": 0}, {"n": 2, "id": "b", "x": 0})
    assert differences(expected, got, ["id"]) == []


def test_repeated_row_is_missing_or_unexpected_when_it_comes_less_or_more_often() -> None:
    once, twice = _table({"id": "a"}), _table({"id": "a"}, {"id": "a"})
    assert differences(twice, once, ["id"]) == [Difference("missing", ("a",), None)]
    assert differences(once, twice, ["id"]) == [Difference("unexpected", None, ("a",))]


def test_rows_of_a_key_are_compared_with_each_other_when_the_key_is_expected() -> None:
    expected = _table({"id": "a", "n": 1, "m": 1}, {"id": "b", "n": 2, "m": 2})
    got = _table({"id": "a", "n": 2, "m": 2}, {"id": "c", "n": 2, "m": 2})
    found = differences(expected, got, ["id"])
    assert [(each.kind, each.cells) for each in found] == [
        ("changed", ("a", "1 → 2", "1 → 2")),
        ("missing", ("b", "2", "2")),
        ("unexpected", ("c", "2", "2")),
    ]


def test_row_is_compared_with_the_most_similar_one_when_its_key_is_not_expected() -> None:
    expected = _table({"n": 1, "m": 5, "k": 7}, {"n": 9, "m": 9, "k": 9})
    got = _table({"n": 1, "m": 6, "k": 8}, {"n": 1, "m": 5, "k": 8})
    found = differences(expected, got, ["id"])
    assert [(each.kind, each.cells) for each in found] == [
        ("changed", ("1", "5", "7 → 8")),
        ("missing", ("9", "9", "9")),
        ("unexpected", ("1", "6", "8")),
    ]


def test_values_are_told_apart_when_they_look_alike() -> None:
    for one, other in ((None, ""), (None, "null"), ("", "''"), ("a", "a "), ("x" * 50 + "y", "x" * 50 + "z")):
        assert differences(_table({"v": one}), _table({"v": other}), ["v"]) != []


def test_floats_are_equal_when_only_the_order_of_a_sum_tells_them_apart() -> None:
    assert differences(_table({"v": 0.1 + 0.2}), _table({"v": 0.3}), ["v"]) == []
    assert differences(_table({"v": 0.3001}), _table({"v": 0.3}), ["v"]) != []


def test_instants_are_shown_in_utc() -> None:
    found = differences(_table({"at": INSTANT}), _table({"at": None}), ["id"])[0]
    assert found.cells == ("2026-01-31T00:00:00Z",)
