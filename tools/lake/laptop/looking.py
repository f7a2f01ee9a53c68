"""`lake rejected`, `lake logs`, `lake open` and `lake env`: looks into the kept lake."""

import os
import webbrowser
from typing import Annotated

import typer

from tools.cli.project import INVALID, AsJson, Root, console, count, dataset_of, print_json, project_root
from tools.lake.laptop.failing import telling

Name = Annotated[str, typer.Argument(help="DOMAIN/DATASET, or DATASET if its name is unique.")]
_MOST_SHOWN = 20
_MOST_LINES = 100


@telling
def rejected(
    name: Name,
    *,
    show: Annotated[int, typer.Option("--show", min=1, help="Records to show, newest first.")] = _MOST_SHOWN,
    reason: Annotated[str | None, typer.Option("--reason", help="Only those of this reason.")] = None,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Show the rejected records of a dataset in the kept lake: file, line, reason, and the record as it came.

    Exit code 0, whether there are any or not. 1: no lake is running.
    """
    from local.kept.results import rejected_of, with_lines  # noqa: PLC0415 (imports AWS's libraries)
    from tools.lake.laptop.connected import connected  # noqa: PLC0415
    from tools.lake.laptop.report import print_rejected, rejected_json  # noqa: PLC0415

    lake = connected(project_root(root))
    dataset = dataset_of(lake.lake, name)
    if dataset.ingestion is None:
        raise typer.BadParameter(
            f"got {dataset.id}, a product, of which no single record is rejected; allowed: a dataset of "
            "silver; fix: name one that it reads"
        )
    rows = rejected_of(lake, dataset).sort_by([("ingest_date", "descending")])
    if reason:
        import pyarrow.compute as pc  # noqa: PLC0415

        rows = rows.filter(pc.equal(rows["reason"], reason))
    found = with_lines(lake, dataset, rows.slice(0, show))
    if as_json:
        print_json(
            {
                "dataset": dataset.id,
                "total": rows.num_rows,
                "rejected": [rejected_json(each) for each in found],
            }
        )
        return
    console.print(f"[bold]{dataset.id}[/bold]: {count(rows.num_rows, 'rejected record')}")
    for each in found:
        print_rejected(each)


@telling
def logs(
    name: Annotated[str, typer.Argument(help="DOMAIN, DOMAIN/DATASET, or DATASET if its name is unique.")],
    *,
    lines: Annotated[int, typer.Option("--lines", min=1, help="Lines to show, the last ones.")] = _MOST_LINES,
    root: Root = None,
) -> None:
    """Print the log of what worked last on a dataset or domain in the kept lake: a job, or the function.

    Of a dataset, the lines that name it; with them, the end of what was said of errors. Exit code 0: there
    is one. 1: none has run, or no lake is running.
    """
    from tools.lake.laptop.connected import connected  # noqa: PLC0415 (imports AWS's libraries)
    from tools.lake.laptop.job_logs import newest  # noqa: PLC0415

    lake = connected(project_root(root))
    dataset = None if name in lake.lake.domains else dataset_of(lake.lake, name)
    found = newest(lake, name if dataset is None else dataset.domain, dataset)
    if not found:
        console.print(f"no job of {name} has run; fix: lake run {name}")
        raise typer.Exit(INVALID)
    for log in found:
        console.print(f"[dim]{log.place}[/dim]", soft_wrap=True)
        for line in log.lines[-lines:]:
            typer.echo(line)


@telling
def open_catalogue(
    shown: Annotated[bool, typer.Option("--show/--print", help="Open it, or print where it is.")] = True,
    root: Root = None,
) -> None:
    """Write the catalogue of the kept lake, and open it in the browser.

    Exit code 0: it is written. 1: no lake is running.
    """
    from tools.lake.laptop.connected import connected  # noqa: PLC0415 (imports AWS's libraries)

    page = connected(project_root(root)).write_catalogue()
    typer.echo(str(page))
    if shown:
        webbrowser.open(page.as_uri())


@telling
def env(
    persona: Annotated[
        str | None, typer.Option("--as", help="Persona whose credentials to give, for an hour.")
    ] = None,
    root: Root = None,
) -> None:
    """Print shell lines that let any AWS client talk to the kept lake: `eval "$(lake env)"`.

    They set endpoint, region, certificate authority and credentials, of the root user unless `--as` names
    a persona; then the persona's work group, too, for clients that read it there. docs/clients.md tells what
    each needs besides. Exit code 0: they are printed. 1: no lake is running.
    """
    from local.kept.connection import exports  # noqa: PLC0415 (imports AWS's libraries)
    from tools.lake.laptop.connected import connected  # noqa: PLC0415
    from tools.lake.laptop.personas import known  # noqa: PLC0415

    lake = connected(project_root(root))
    wanted = lake.environment_of(known(lake.settings, persona) if persona else None)
    typer.echo(exports(wanted, os.environ), nl=False)
