"""What came of unit tests, for people and for scripts."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Table

from tools.cli.project import console, count
from tools.product_tests.compare import Difference
from tools.product_tests.run import Outcome

_MARKS = {"changed": ("≠", "yellow"), "missing": ("-", "red"), "unexpected": ("+", "green")}


def print_outcome(outcome: Outcome) -> None:
    """Print a test and, if it failed, why."""
    test = outcome.test
    mark = "[green]✓[/green]" if outcome.passed else "[red]✗[/red]"
    place = "" if outcome.passed else f"  [dim]{escape(test.file)}:{test.line}[/dim]"
    console.print(f"{mark} {escape(test.product)} {escape(test.name)}{place}", soft_wrap=True)
    if outcome.problem:
        console.print(f"  {escape(outcome.problem)}", soft_wrap=True)
    if outcome.differences:
        console.print(_table(outcome))


def print_end(outcomes: Sequence[Outcome], seconds: float) -> None:
    """Print how many passed, and what the signs mean if any failed."""
    failed = [each for each in outcomes if not each.passed]
    if any(each.differences for each in failed):
        console.print(
            "[dim]≠ a cell differs: expected → got; - a row is missing; + one is not expected[/dim]"
        )
    told = f", {len(failed)} failed" if failed else ""
    console.print(f"{count(len(outcomes), 'unit test')}{told} ({seconds:.1f} s)")


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """Return all of that as JSON values."""
    test = outcome.test
    return {
        "product": test.product,
        "name": test.name,
        "file": test.file,
        "line": test.line,
        "passed": outcome.passed,
        "problem": outcome.problem,
        "differences": [_difference(each, outcome.columns) for each in outcome.differences],
    }


def _difference(each: Difference, columns: Iterable[str]) -> dict[str, Any]:
    def named(row: tuple[str, ...] | None) -> dict[str, str] | None:
        return None if row is None else dict(zip(columns, row, strict=True))

    return {"kind": each.kind, "expected": named(each.expected), "got": named(each.got)}


def _table(outcome: Outcome) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=True, show_edge=False)
    table.add_column("")
    for name in outcome.columns:
        table.add_column(escape(name), overflow="fold")
    for each in outcome.differences:
        sign, style = _MARKS[each.kind]
        table.add_row(f"[{style}]{sign}[/{style}]", *(_cell(text, each, style) for text in each.cells))
    return table


def _cell(text: str, difference: Difference, style: str) -> str:
    differs = difference.kind != "changed" or " → " in text
    return f"[{style}]{escape(text)}[/{style}]" if differs else escape(text)
