import json

import pytest
from lakehouse_etl.work import WorkError, work_through


def _halve(number: int) -> dict[str, object]:
    if number % 2:
        raise ValueError(f"{number} is odd")
    return {"half": number // 2}


def test_siblings_are_done_and_every_failure_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(WorkError, match=r"2 failed: 1: ValueError: 1 is odd \| 3: ValueError: 3 is odd"):
        work_through([1, 2, 3, 4], str, _halve, parallel=2)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["dataset"]: line.get("half") for line in lines} == {"1": None, "2": 1, "3": None, "4": 2}


def test_nothing_is_raised_when_all_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    work_through([2], str, _halve, parallel=1)
    assert json.loads(capsys.readouterr().out) == {"dataset": "2", "half": 1}
