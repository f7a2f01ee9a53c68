"""`lake diff`: what a change of the contracts does to running tables and to those who use them."""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from config.faults import Fault, InvalidInputError
from lakehouse.compatibility import Change, Level, compare, version_faults
from lakehouse.model.dataset import Lake
from lakehouse.odcs.lake.load import load_lake
from tools.cli.project import (
    INVALID,
    AsJson,
    Root,
    console,
    count,
    errors,
    fault_json,
    print_faults,
    print_json,
    project_root,
    telling_faults,
)
from tools.lake.revision import Revision, load_at

_MARKS = {
    Level.COMPATIBLE: "[green]✓ compatible[/green]",
    Level.BACKFILL: "[yellow]↻ backfill[/yellow]",
    Level.BREAKING: "[bold red]✗ breaking[/bold red]",
}


@telling_faults
def diff(
    against: Annotated[str, typer.Option("--against", help="Branch, tag or commit to compare with.")],
    lenient: Annotated[
        bool,
        typer.Option("--lenient", help="Pass over contracts of that revision that today's rules refuse."),
    ] = False,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Show what the contracts change since a revision: column by column, and what the tables make of it.

    compatible: old data reads as before, and all that was accepted still is. backfill: old rows differ from
    new ones until they are reprocessed; the contract needs a new minor version. breaking: anything else; it
    needs a new major version. Where objects that came before make other rows under the new contract, the
    command is named that processes them again. Exit code 0: every version fits its changes. 1: one does not.
    """
    project = project_root(root)
    revision = Revision.find(project, against)
    new = load_lake(project)
    try:
        old, forgiven = load_at(revision, lenient=lenient)
    except InvalidInputError:
        errors.print(
            f"The contracts of {escape(against)} break the rules of today; `--lenient` compares the others."
        )
        raise
    changes = compare(old, new)
    faults = InvalidInputError(version_faults(old, new, changes)).faults
    if as_json:
        print_json(_document(revision, changes, faults, forgiven))
    else:
        _print_forgiven(against, forgiven)
        _print_changes(old, new, changes)
        print_faults(errors, faults, "red")
        _print_totals(against, changes, faults)
    if faults:
        raise typer.Exit(INVALID)


def _document(
    revision: Revision, changes: Sequence[Change], faults: Sequence[Fault], forgiven: Sequence[Fault]
) -> dict[str, Any]:
    return {
        "valid": not faults,
        "against": revision.commit,
        "changes": [{**asdict(change), "level": change.level.name.lower()} for change in changes],
        "totals": {level.name.lower(): _of(level, changes) for level in Level},
        "refused": sum(change.refused for change in changes),
        "faults": [fault_json(fault) for fault in faults],
        "warnings": [fault_json(fault) for fault in forgiven],
    }


def _of(level: Level, changes: Sequence[Change]) -> int:
    return sum(change.level is level for change in changes)


def _print_forgiven(against: str, forgiven: Sequence[Fault]) -> None:
    if forgiven:
        console.print(f"[yellow]![/yellow] passed over in {escape(against)}, and compared as if absent:")
        print_faults(console, forgiven, "yellow")


def _print_changes(old: Lake, new: Lake, changes: Sequence[Change]) -> None:
    versions = [{dataset.id: dataset.version for dataset in lake.datasets} for lake in (old, new)]
    for dataset, own in groupby(changes, key=lambda change: change.dataset):
        known = dict.fromkeys(of[dataset] for of in versions if dataset in of)
        console.print(f"\n[bold]{dataset}[/bold]  {' → '.join(known)}")
        console.print(_table(list(own)))


def _table(changes: Sequence[Change]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 1, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=2)
    table.add_column(overflow="fold", ratio=3)
    for change in sorted(changes, key=lambda change: -change.level):
        what = f"[bold]{escape(change.path)}[/bold]\n{escape(change.summary)}"
        repair = f"\n[bold]repair:[/bold] {escape(change.repair)}" if change.repair else ""
        table.add_row(_MARKS[change.level], what, f"{escape(change.effect)}{repair}")
    return table


def _print_totals(against: str, changes: Sequence[Change], faults: Sequence[Fault]) -> None:
    if not changes:
        console.print(f"[green]✓[/green] the contracts say what they say in {escape(against)}")
        return
    datasets = len({change.dataset for change in changes})
    levels = ", ".join(f"{_of(level, changes)} {level.name.lower()}" for level in reversed(Level))
    console.print(f"\n{count(len(changes), 'change')} in {count(datasets, 'dataset')}: {levels}")
    refused = sum(change.refused for change in changes)
    if refused:
        console.print(
            f"[bold red]![/bold red] a table that exists cannot follow {refused} of them, whatever the "
            "version: undo them, or give the dataset another name"
        )
    if faults:
        errors.print(f"[red]✗[/red] {count(len(faults), 'fault')}")
    else:
        console.print("[green]✓[/green] every version fits its changes")
