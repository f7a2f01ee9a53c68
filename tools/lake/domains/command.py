"""`lake domain list` and `lake domain remove`."""

from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from config.faults import Fault, InvalidInputError, nearest, one_of
from lakehouse.odcs.lake.load import load_lake
from tools.cli.project import (
    CONTRACTS,
    AsJson,
    Root,
    console,
    count,
    print_json,
    project_root,
    telling_faults,
)
from tools.lake.domains.paths import SAMPLES, TESTS, domains_of, files_of, paths_of, remove_all
from tools.lake.domains.readers import check_rest, readers, reasons_to_stay

domain = typer.Typer(
    help="See the domains of this project, and remove one, for instance an example.", no_args_is_help=True
)


@domain.command("list")
@telling_faults
def show_all(as_json: AsJson = False, root: Root = None) -> None:
    """List the domains: their datasets, whether they bring samples and tests, and who needs them."""
    project = project_root(root)
    lake = load_lake(project)
    found = [
        {
            "name": name,
            "datasets": [dataset.name for dataset in lake.of_domain(name)],
            "samples": any(path.startswith(SAMPLES) for path in paths_of(project, name)),
            "tests": any(path.startswith(TESTS) for path in paths_of(project, name)),
            "needed_by": readers(lake, name),
        }
        for name in domains_of(project)
    ]
    if as_json:
        print_json(found)
        return
    table = Table("domain", "datasets", "samples", "tests", "needed by", box=box.SIMPLE_HEAD)
    for each in found:
        shown = (", ".join(value) if isinstance(value, list) else _mark(value) for value in each.values())
        table.add_row(*shown)
    console.print(table)


@domain.command()
@telling_faults
def remove(
    name: Annotated[str, typer.Argument(metavar="DOMAIN", help="Name of the domain.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    root: Root = None,
) -> None:
    """Remove a domain from the project: its contracts, its samples and its tests.

    Nothing is removed if contracts of other domains need it, or if they would not be valid without it. What
    is deployed of the domain is not touched.
    """
    project = project_root(root)
    domains = domains_of(project)
    if name not in domains:
        raise typer.BadParameter(f"got {name}; allowed: {one_of(domains)}; fix: {nearest(name, domains)}")
    paths = paths_of(project, name)
    if f"{CONTRACTS}/{name}" in paths:
        if faults := reasons_to_stay(load_lake(project), name):
            raise InvalidInputError(faults)
        check_rest(project, name)
    for where, path in paths.items():
        files = [file.relative_to(project).as_posix() for file in files_of(path)]
        console.print(f"[bold]{where}[/bold]: {count(len(files), 'file')}", soft_wrap=True)
        for file in files:
            console.print(f"  {file}", markup=False, soft_wrap=True)
    if not yes:
        typer.confirm(f"Remove all of {name}?", abort=True)
    _remove(project, paths)
    console.print(f"[green]✓[/green] {name} is removed")


def _remove(project: Path, paths: dict[str, Path]) -> None:
    try:
        remove_all(project, paths.values())
    except OSError as error:
        where = Path(error.filename or project).as_posix()
        intact = all(path.exists() for path in paths.values())
        fix = "let this user write there; nothing was removed" if intact else "remove this by hand"
        raise InvalidInputError(
            [Fault(where, "file", error.strerror, "a path that can be removed", fix)]
        ) from error


def _mark(value: object) -> str:
    return str(value) if isinstance(value, str) else ("yes" if value else "")
