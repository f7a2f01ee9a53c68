import json
import time
from dataclasses import dataclass

import pytest
from lakehouse_etl.job.work import WorkError, chosen, work_through


@dataclass(frozen=True)
class Number:
    """Work that fails when it is odd."""

    name: str


NUMBERS = [Number("1"), Number("2"), Number("3"), Number("4")]


def _halve(number: Number) -> dict[str, object]:
    if int(number.name) % 2:
        raise ValueError(f"{number.name} is odd")
    return {"half": int(number.name) // 2}


def test_siblings_are_done_and_every_failure_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    expected = r"2 of 4 failed: 1: ValueError: 1 is odd \| 3: ValueError: 3 is odd"
    with pytest.raises(WorkError, match=expected) as failure:
        work_through(NUMBERS, _halve, parallel=2)
    assert [type(error) for error in failure.value.errors] == [ValueError, ValueError]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["dataset"]: line.get("half") for line in lines} == {"1": None, "2": 1, "3": None, "4": 2}


def test_nothing_is_raised_when_all_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    assert work_through(NUMBERS[1:2], _halve, parallel=1) == {"2": {"half": 1}}
    assert json.loads(capsys.readouterr().out) == {"dataset": "2", "half": 1}


def test_named_items_are_chosen_and_unknown_names_refused() -> None:
    assert chosen(NUMBERS, frozenset()) == NUMBERS
    assert chosen(NUMBERS, frozenset({"3"})) == [Number("3")]
    with pytest.raises(ValueError, match="got 9; allowed: 1, 2, 3, 4"):
        chosen(NUMBERS, frozenset({"3", "9"}))


def test_first_cause_is_named_when_a_message_goes_on_for_pages() -> None:
    def deny(_number: Number) -> dict[str, object]:
        raise RuntimeError(
            "commit failed\n" + "\tat somewhere\n" * 500 + "Caused by: no right to glue:UpdateTable\n"
        )

    with pytest.raises(WorkError, match=r"commit failed.*caused by: no right to glue:UpdateTable") as failure:
        work_through(NUMBERS[:1], deny, parallel=1)
    assert len(str(failure.value)) < 1500


def test_items_wait_for_those_that_they_need_even_when_these_fail(capsys: pytest.CaptureFixture[str]) -> None:
    done: list[str] = []

    def note(number: Number) -> dict[str, object]:
        if number.name == "3":
            time.sleep(0.2)
        done.append(number.name)
        return _halve(number)

    needs = {"1": ["3", "elsewhere"], "2": ["1"], "3": [], "4": []}
    with pytest.raises(WorkError, match="2 of 4 failed"):
        work_through(NUMBERS, note, parallel=4, needs=lambda number: needs[number.name])
    assert done == ["4", "3", "1", "2"]
    assert len(capsys.readouterr().out.splitlines()) == 4
