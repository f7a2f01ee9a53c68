"""`lake docs`: the catalogue, as pages that open from a disk."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from config.load import load_settings
from config.settings import Settings
from lakehouse.model.dataset import Lake
from lakehouse.odcs.lake.load import load_lake
from tools.cli.project import Root, console, count, project_root, telling_faults

if TYPE_CHECKING:
    from tools.lake.site.last_runs import LastRuns
    from tools.lake.site.pages import Access

_OUT = ".build/catalogue"


@telling_faults
def docs(
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help=f"Folder of the pages; without it, {_OUT} of the project.", show_default=False
        ),
    ] = None,
    env: Annotated[str, typer.Option("--env", help="Environment whose physical names are shown.")] = "dev",
    templates: Annotated[
        Path | None,
        typer.Option(
            "--templates",
            help="Cloud assembly of the environment, from which the page of who reads what is made; without "
            "it, there is none.",
            show_default=False,
        ),
    ] = None,
    runs: Annotated[
        bool,
        typer.Option(
            "--runs", help="Show the last run of each dataset in the lineage, as the lake of --env tells it."
        ),
    ] = False,
    root: Root = None,
) -> None:
    """Write the catalogue: a page for each dataset and domain, the lineage of the lake, and a search.

    The pages need no server and no network. They replace those of the last time; a folder that holds
    anything else is left alone. The same contracts always give the same files; with `--runs`, `--env local`
    asks the lake that is kept on this machine, any other environment AWS.
    """
    # The template engine would slow down every other command.
    from tools.lake.site.pages import files  # noqa: PLC0415
    from tools.lake.site.publish import NotACatalogueError, publish  # noqa: PLC0415

    started = time.monotonic()
    project = project_root(root)
    lake, settings = load_lake(project), load_settings(env, project)
    target = out or project / _OUT
    try:
        access, last = _access(lake, settings, templates), _last_runs(env, project) if runs else {}
        publish(files(lake, settings, access, last), target)
    except NotACatalogueError as error:
        raise typer.BadParameter(str(error)) from error
    console.print(
        f"[green]✓[/green] {count(len(lake.datasets), 'dataset')} in "
        f"{count(len(lake.domains), 'domain')} ({time.monotonic() - started:.1f} s)"
    )
    console.print(escape((target.resolve() / "index.html").as_uri()), soft_wrap=True)


def _last_runs(env: str, project: Path) -> "LastRuns":
    from tools.lake.health.latest import latest  # noqa: PLC0415 (imports AWS's libraries)

    return latest(env, project)


def _access(lake: Lake, settings: Settings, templates: Path | None) -> "Access | None":
    if templates is None:
        return None
    from tools.access.run import cells  # noqa: PLC0415 (the evaluator is slow to import)

    return cells(lake, settings.naming, templates)
