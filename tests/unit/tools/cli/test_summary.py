import json

import pytest
import typer

from tools.cli.summary import Item, State, conclude

ITEMS = [Item("a", State.DONE, 3), Item("b", State.SKIPPED, why="[because]")]


def test_summary_is_one_document_when_asked_for_json(capsys: pytest.CaptureFixture[str]) -> None:
    conclude("replay x", ITEMS, as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "command": "replay x",
        "totals": {"done": 1, "planned": 0, "skipped": 1, "failed": 0},
        "items": [
            {"name": "a", "state": "done", "records": 3, "why": ""},
            {"name": "b", "state": "skipped", "records": None, "why": "[because]"},
        ],
    }


def test_summary_tells_outcome_reasons_and_next_step_when_people_read_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    conclude("replay x", ITEMS, as_json=False, next_step="Start it.")
    shown = capsys.readouterr().out
    assert "[because]" in shown
    assert shown.splitlines()[-2:] == ["2 items: 1 done, 1 skipped", "Start it."]


def test_summary_tells_that_nothing_was_there_when_there_are_no_items(
    capsys: pytest.CaptureFixture[str],
) -> None:
    conclude("replay x", [], as_json=False, next_step="Start it.")
    assert capsys.readouterr().out == "Nothing found.\n"


@pytest.mark.parametrize("as_json", [True, False])
def test_command_ends_with_one_when_anything_failed(as_json: bool) -> None:
    with pytest.raises(typer.Exit) as ended:
        conclude("replay x", [*ITEMS, Item("c", State.FAILED)], as_json=as_json)
    assert ended.value.exit_code == 1
