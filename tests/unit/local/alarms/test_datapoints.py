"""The tables of AWS's page about missing data, cell by cell.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import pytest

from local.alarms.datapoints import Judge, State, Treatment

POINTS = {"0": False, "X": True, "-": None}
TREATMENTS: tuple[Treatment, ...] = ("missing", "ignore", "breaching", "notBreaching")
STATES = {"OK": State.OK, "ALARM": State.ALARM, "INSUFFICIENT": State.INSUFFICIENT_DATA}

THREE_OF_THREE = {
    "0 - X - X": "OK OK OK OK",
    "0 - - - -": "OK OK OK OK",
    "- - - - -": "INSUFFICIENT RETAIN ALARM OK",
    "0 X X - X": "ALARM ALARM ALARM ALARM",
    "- - X - -": "ALARM RETAIN ALARM OK",
}
TWO_OF_THREE = {
    "0 - X - X": "ALARM ALARM ALARM ALARM",
    "0 0 X 0 X": "ALARM ALARM ALARM ALARM",
    "0 - X - -": "OK OK ALARM OK",
    "- - - - 0": "OK OK ALARM OK",
    "- - - X -": "ALARM RETAIN ALARM OK",
}
CELLS = [
    (breaching, points, treatment, expected)
    for breaching, table in ((3, THREE_OF_THREE), (2, TWO_OF_THREE))
    for points, row in table.items()
    for treatment, expected in zip(TREATMENTS, row.split(), strict=True)
]


def judged(points: str, breaching: int, treatment: Treatment, current: State) -> State:
    return Judge(3, breaching, treatment).state([POINTS[each] for each in points.split()], current)


@pytest.mark.parametrize("current", State)
@pytest.mark.parametrize(("breaching", "points", "treatment", "expected"), CELLS)
def test_state_is_that_of_the_page(
    breaching: int, points: str, treatment: Treatment, expected: str, current: State
) -> None:
    wanted = current if expected == "RETAIN" else STATES[expected]
    assert judged(points, breaching, treatment, current) is wanted


@pytest.mark.parametrize("points", ["- - - - X", "- - - X -"])
@pytest.mark.parametrize("treatment", ["missing", "ignore"])
def test_young_breaching_point_alone_raises_no_alarm(points: str, treatment: Treatment) -> None:
    assert judged(points, 3, treatment, State.OK) is not State.ALARM


def test_range_is_wider_than_what_is_evaluated() -> None:
    assert Judge(3, 3, "missing").range == 5
