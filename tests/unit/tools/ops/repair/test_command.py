"""A repair counts as done only while all that its condition finds was in its plan."""

from collections.abc import Mapping, Sequence

import pytest

from tools.ops.repair.command import covers
from tools.ops.repair.found import Found
from tools.ops.repair.record import Plan

Records = Mapping[str, Sequence[int]]


def plan(objects: Sequence[str], records: Records) -> Plan:
    sizes = dict.fromkeys(objects, 1)
    return Plan("r", "shop/orders", {"where": "true"}, "arn", "now", "0", 1, sizes, records, [], {})


@pytest.mark.parametrize(
    ("planned", "found", "expected"),
    [
        ({"a": [1, 2], "b": [3]}, {"a": [2], "b": [3]}, True),
        ({"a": [1]}, {}, True),
        ({"a": [1]}, {"a": [1, 2]}, False),
        ({"a": [1]}, {"a": [1], "b": [1]}, False),
    ],
)
def test_plan_of_records_covers_these_and_no_other_of_their_objects(
    planned: Records, found: Records, expected: bool
) -> None:
    now = Found(1, dict.fromkeys(found, 1), found, ["true"])
    assert covers(plan([*planned], planned), now) is expected


def test_plan_of_records_does_not_cover_more_than_are_asked_for_one_by_one() -> None:
    assert not covers(plan(["a"], {"a": [1]}), Found(10_001, {"a": 1}, {}, ["true"]))


@pytest.mark.parametrize(("found", "expected"), [(["a"], True), (["a", "b"], True), (["a", "c"], False)])
def test_plan_of_objects_covers_whatever_is_in_these(found: list[str], expected: bool) -> None:
    records = {key: [1] for key in found}
    now = Found(1, dict.fromkeys(found, 1), records, ["true"])
    assert covers(plan(["a", "b"], {}), now) is expected
