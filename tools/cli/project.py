"""What every command needs: the project it works on, and how it tells of faults."""

import json
from collections.abc import Callable, Iterable
from functools import wraps
from itertools import groupby
from pathlib import Path
from typing import Annotated, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.markup import escape

from config.faults import Fault, InvalidInputError, nearest, one_of
from lakehouse.model.dataset import Dataset, Lake

CONTRACTS = "contracts"

Root = Annotated[
    Path | None,
    typer.Option(
        "--root",
        help="Folder of the project; without it, the nearest one at or above this that has contracts.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document, for scripts.")]

INVALID, USAGE = 1, 2
"""Exit codes: faults were found, and the command was called in a wrong way."""

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


def project_root(root: Path | None) -> Path:
    """Return the folder of the project.

    Raises:
        typer.BadParameter: There is no project.
    """
    start = (root or Path.cwd()).resolve()
    for folder in [start] if root else [start, *start.parents]:
        if (folder / CONTRACTS).is_dir():
            return folder
    raise typer.BadParameter(
        f"got {start}; allowed: a folder that has {CONTRACTS}/; fix: go there, or name it with --root"
    )


def dataset_of(lake: Lake, name: str) -> Dataset:
    """Return the dataset with this id, or with this name if only one domain has it.

    Raises:
        typer.BadParameter: There is none, or more than one.
    """
    found = [each for each in lake.datasets if name in (each.id, each.name)]
    if len(found) == 1:
        return found[0]
    ids = [each.id for each in found or lake.datasets]
    advice = "name its domain" if found else nearest(name, ids)
    raise typer.BadParameter(f"got {name}; allowed: {one_of(ids)}; fix: {advice}")


def telling_faults(command: Callable[Parameters, Answer]) -> Callable[Parameters, Answer]:
    """Make a command print faults to standard error and end with `INVALID`."""

    @wraps(command)
    def wrapped(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer:
        try:
            return command(*args, **kwargs)
        except InvalidInputError as error:
            print_faults(errors, error.faults, "red")
            errors.print(f"\n[red]✗[/red] {count(len(error.faults), 'fault')}")
            raise typer.Exit(INVALID) from error

    return wrapped


def print_faults(to: Console, faults: Iterable[Fault], style: str) -> None:
    """Print faults by file, each with its line and place, and what to do."""
    for file, of_file in groupby(faults, key=lambda fault: place(fault)[0]):
        to.print(f"\n[bold]{escape(file)}[/bold]", soft_wrap=True)
        for fault in of_file:
            line = place(fault)[1]
            where = f"line {line}, " if line else ""
            to.print(f"  [{style}]{where}{escape(fault.named or fault.path)}[/{style}]", soft_wrap=True)
            for label, text in (("got", fault.brief), ("allowed", fault.allowed), ("fix", fault.fix)):
                to.print(f"    [dim]{label:<8}[/dim]{escape(str(text))}", soft_wrap=True)


def place(fault: Fault) -> tuple[str, int | None]:
    """Return the file of a fault, and its line where it is known."""
    file, colon, line = fault.where.rpartition(":")
    return (file, int(line)) if colon and line.isdigit() else (fault.where, None)


def fault_json(fault: Fault) -> dict[str, object]:
    """Return a fault as JSON values."""
    file, line = place(fault)
    details = {"path": fault.path, "got": fault.brief, "allowed": fault.allowed, "fix": fault.fix}
    return {"file": file, "line": line, **details}


def print_json(document: object) -> None:
    """Print a document for scripts."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))


def count(number: int, noun: str) -> str:
    """Write a number of things: `1 fault`, `3 faults`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
