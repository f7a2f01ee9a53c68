"""`lake up` and `lake down`: the lake that is kept on this machine."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lakehouse.model.lineage import selection
from lakehouse.odcs.lake.load import load_lake
from tools.cli.project import AsJson, Root, console, errors, print_json, project_root
from tools.lake.laptop.failing import telling

if TYPE_CHECKING:
    from local.demo.show import Stages
    from local.kept.connection import KeptAws
    from local.lake.lake import LocalLake


@telling
def up(
    select: Annotated[
        list[str] | None,
        typer.Option("--select", help="Domain or dataset to take, with all that it reads; may be repeated."),
    ] = None,
    samples: Annotated[
        bool, typer.Option("--samples", help="Bring samples to each dataset, and run the pipelines.")
    ] = False,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Start a lake on this machine that goes on running, or bring the running one to what the project is.

    The same templates as on AWS are deployed into an embedded AWS, with IAM, TLS, real Spark and Iceberg.
    With `--select`, those of some domains or datasets alone and of what they read, which takes a fraction of
    the time; a running lake keeps what it has and gets these, too. A second `lake up` deploys what has
    changed.
    Nothing outlives `lake down`. Exit code 0: it runs. 1: it could not be started or deployed.
    """
    from local.demo.show import Stages  # noqa: PLC0415 (imports AWS's libraries)
    from tools.lake.laptop.running import Showing, bring_and_run  # noqa: PLC0415

    project = project_root(root)
    wanted = tuple(select or ())
    selection(load_lake(project), wanted)  # a name that is not there is told before anything is started
    stages = Stages(errors if as_json else console)
    lake = _brought_up(project, wanted, stages)
    if samples:
        sources = [dataset.id for dataset in lake.sources]
        bring_and_run(lake, sources, stages, Showing(as_json=as_json), samples=True)
    elif as_json:
        print_json(facts(lake))
    else:
        print_next(lake)


@telling
def down() -> None:
    """End the lake that is kept on this machine, with all its data.

    It may have been started by `lake up` or by `make demo KEEP=1`. Exit code 0: none is running.
    """
    from local.kept.connection import stop_lake  # noqa: PLC0415 (imports AWS's libraries)

    console.print("ended" if stop_lake() else "no lake is running")


def _brought_up(project: Path, wanted: tuple[str, ...], stages: "Stages") -> "LocalLake":
    """Start a lake unless one runs, and deploy what has changed; one with nothing in it ends on Ctrl-C."""
    from local.kept.changes import deploy_changes, selected  # noqa: PLC0415 (imports AWS's libraries)
    from local.kept.connection import KeptAws, NoLakeError, stop_lake  # noqa: PLC0415
    from local.lake.lake import LocalLake  # noqa: PLC0415

    running, former = None, None
    with suppress(NoLakeError):
        running, former = KeptAws.running(), selected()
    try:
        aws = running or _started(stages)
        everything = former == () or (former is None and not wanted)
        lake = LocalLake(aws, project, () if everything else (*(former or ()), *wanted))
        deploy_changes(lake, stages)
    except KeyboardInterrupt:
        if former is None:
            stop_lake()
        raise
    return lake


def _started(stages: "Stages") -> "KeptAws":
    from local.kept.keeper import start  # noqa: PLC0415 (imports AWS's libraries)

    with stages("start the embedded AWS, with TLS and IAM"):
        return start()


def facts(lake: "LocalLake") -> dict[str, Any]:
    """Return where a kept lake answers, and what it holds, as JSON values."""
    return {
        "running": True,
        "endpoint": lake.aws.endpoint,
        "directory": str(lake.aws.directory),
        "datasets": [dataset.id for dataset in lake.lake.datasets],
    }


def print_next(lake: "LocalLake") -> None:
    """Print what to do with a kept lake."""
    name = next((dataset.id for dataset in lake.sources), "DOMAIN/DATASET")
    for command, what in (
        (f"lake run {name} --data FILE", "brings it data of yours; without --data, samples"),
        ('lake sql "SELECT …"', "asks it; lake sql alone is a prompt"),
        ('eval "$(lake env)"', "lets any AWS client talk to it"),
        ("lake down", "ends it"),
    ):
        console.print(f"  {command:<42} {what}", soft_wrap=True)
