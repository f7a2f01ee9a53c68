"""How commands end: what was found, done and skipped, for people or as JSON."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from tools.cli.project import INVALID, console, count, print_json


class State(StrEnum):
    """What became of one thing that a command looked at."""

    DONE = "done"
    PLANNED = "planned"
    """A dry run; without it, this would have been done."""
    SKIPPED = "skipped"
    FAILED = "failed"


_STYLES = {State.DONE: "green", State.PLANNED: "cyan", State.SKIPPED: "yellow", State.FAILED: "red"}


@dataclass(frozen=True)
class Item:
    """One thing that a command looked at."""

    name: str
    state: State
    records: int | None = None
    """None where a command does not count records."""
    why: str = ""


def conclude(command: str, items: Iterable[Item], as_json: bool, next_step: str = "") -> None:
    """Print the items and what to do next, and end with code 1 if any of them failed.

    Raises:
        typer.Exit: Something failed.
    """
    items = list(items)
    totals = {state.value: sum(item.state is state for item in items) for state in State}
    if as_json:
        print_json({"command": command, "totals": totals, "items": [asdict(item) for item in items]})
    else:
        _print(items, totals, next_step)
    if totals[State.FAILED]:
        raise typer.Exit(INVALID)


def _print(items: list[Item], totals: dict[str, int], next_step: str) -> None:
    if items:
        console.print(_table(items))
    parts = [f"{number} {name}" for name, number in totals.items() if number]
    console.print(f"{count(len(items), 'item')}: {', '.join(parts)}" if items else "Nothing found.")
    if next_step and totals[State.DONE]:
        console.print(f"[dim]{escape(next_step)}[/dim]", soft_wrap=True)


def _table(items: list[Item]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("what", "outcome", "records", "why"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "records" else "left")
    for item in items:
        style = _STYLES[item.state]
        records = "" if item.records is None else str(item.records)
        table.add_row(escape(item.name), f"[{style}]{item.state}[/{style}]", records, escape(item.why))
    return table
