"""Commands that documents name exist, with the options that they are shown with."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from config.load import PROJECT_ROOT
from tools.lake.main import app as lake
from tools.ops.main import app as lake_ops

COMMANDS = {"lake": typer.main.get_command(lake), "lake-ops": typer.main.get_command(lake_ops)}
DOCS = PROJECT_ROOT / "docs"
PAGES = [PROJECT_ROOT / "README.md", *sorted(DOCS.glob("*.md")), *sorted(DOCS.glob("personas/*.md"))]
_CODE = re.compile(r"```\w*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
_CALL = re.compile(r"^(?:\$ )?(?:[\w./]*/)?(lake(?:-ops)?) ([a-z][^\n|;#`]*)", re.MULTILINE)


def calls(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the calls of commands in the code of a page."""
    for block, span in _CODE.findall(text):
        for program, rest in _CALL.findall(block or span):
            yield program, re.sub(r"\"[^\"]*\"|'[^']*'", "text", rest).split()


def fault(program: str, words: list[str]) -> str | None:
    """Return what is wrong with a call, None if nothing is."""
    command: Any = COMMANDS[program]
    left = list(words)
    while hasattr(command, "commands"):
        found = command.commands.get(left[0].rstrip(",.:")) if left else None
        if found is None:
            return f"{program} {' '.join(words)}: no such command"
        command, left = found, left[1:]
    known = {option for each in command.params for option in (*each.opts, *each.secondary_opts)} | {"--help"}
    given = [word.partition("=")[0].rstrip(",.:") for word in left if word.startswith("--")]
    wrong = [word for word in given if word not in known]
    return f"{program} {' '.join(words)}: no option {', '.join(wrong)}" if wrong else None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_of_a_page_exist(page: Path) -> None:
    assert [wrong for call in calls(page.read_text()) if (wrong := fault(*call))] == []


def test_command_that_does_not_exist_is_found() -> None:
    block = "```sh\n.venv/bin/lake diff --sideways main # why\nlake-ops replay files\n```\n"
    text = f"Say `lake sing --loud`, or\n\n{block}"
    assert [fault(*call) for call in calls(text)] == [
        "lake sing --loud: no such command",
        "lake diff --sideways main: no option --sideways",
        None,
    ]
