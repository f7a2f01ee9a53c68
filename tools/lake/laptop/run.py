"""`lake run`: data of one's own, from bronze to gold on the lake that is kept on this machine."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lakehouse.model.dataset import Lake
from lakehouse.model.lineage import selection
from tools.cli.project import AsJson, Root, console, dataset_of, errors, project_root
from tools.lake.laptop.failing import telling

if TYPE_CHECKING:
    from local.kept.feeding import Given

STDIN = "-"
_FIRST_ROWS = 5
_MOST_SHOWN = 10


@telling
def run(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Domains and datasets; without any, all that the lake holds.", show_default=False
        ),
    ] = None,
    *,
    data: Annotated[
        str | None,
        typer.Option(
            "--data", help="File or folder for the one dataset that is named, or - for standard input."
        ),
    ] = None,
    samples: Annotated[
        bool, typer.Option("--samples", help="Bring samples also to datasets that have data already.")
    ] = False,
    rows: Annotated[int, typer.Option("--rows", min=0, help="Rows to show of each table.")] = _FIRST_ROWS,
    show: Annotated[
        int, typer.Option("--show", min=0, help="Rejected records to show of each dataset.")
    ] = _MOST_SHOWN,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Bring data to datasets and run their pipelines, bronze to silver to gold, on the kept lake.

    Deploys first what has changed of contracts, SQL, settings or code. Data goes the way that it will go on
    AWS: files into landing, the lines of files onto the stream of a dataset that has one. Without `--data`, a
    dataset for which nothing has come yet gets samples: those in the folder `samples` beside its contract
    (`<dataset>.<any>`), else what the demonstration has for it. Then shows what became of the records of
    this run, those that were rejected with file, line and reason, broken rules, and the first rows.

    Exit code 0: all pipelines succeeded. 1: one failed, or no lake is running.
    """
    from local.demo.show import Stages  # noqa: PLC0415 (imports AWS's libraries)
    from local.kept.changes import deploy_changes  # noqa: PLC0415
    from tools.lake.laptop.connected import connected  # noqa: PLC0415
    from tools.lake.laptop.running import Showing, bring_and_run  # noqa: PLC0415

    lake = connected(project_root(root))
    chosen = _chosen(lake.lake, names or [])
    files = _files(lake.lake, names or [], data) if data is not None else []
    stages = Stages(errors if as_json else console)
    deploy_changes(lake, stages)
    bring_and_run(lake, chosen, stages, Showing(rows, show, as_json), data=files, samples=samples)


def _chosen(lake: Lake, names: list[str]) -> list[str]:
    """Return the ids of the datasets that names stand for, without what they read."""
    found = selection(lake, names).datasets if names else lake.datasets
    return [each.id for each in found if not names or {each.id, each.domain, each.name} & set(names)]


def _files(lake: Lake, names: list[str], data: str) -> "list[Given]":
    """Return the files to bring.

    Raises:
        typer.BadParameter: They cannot be read, or there is not one dataset that they are for.
    """
    from local.kept.feeding import Given  # noqa: PLC0415 (imports AWS's libraries)

    dataset = dataset_of(lake, names[0]) if len(names) == 1 else None
    if dataset is None or dataset.ingestion is None:
        raise typer.BadParameter(
            f"got --data for {', '.join(names) or 'everything'}; allowed: one dataset that records arrive "
            "for; fix: name it before --data"
        )
    if data == STDIN:
        return [Given(f"stdin.{dataset.ingestion.format}", sys.stdin.buffer.read())]
    path = Path(data)
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    try:
        return [Given(file.name, file.read_bytes()) for file in files]
    except OSError as error:
        raise typer.BadParameter(
            f"got {data}: {error.strerror}; allowed: a file or folder that can be read, or -; fix: name one"
        ) from error
