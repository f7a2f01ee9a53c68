"""`make demo`: the whole lake on this machine, from nothing to SQL answers."""

import json
import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import psutil
import typer
from rich.console import Console

from config.faults import InvalidInputError
from local.demo import show, summary
from local.emulator.jars import JarsUnavailableError
from local.emulator.launcher import EmbeddedAws, EmulatorError
from local.feed.features import local_features
from local.feed.feed import feed
from local.feed.finder import find_samples
from local.kept.changes import made_of, note_deployed
from local.kept.connection import DIRECTORY, KeptAws, only_one, stop_lake, write_exports
from local.lake.deployment import DeploymentError
from local.lake.lake import LakeError, LocalLake

_TWO_PIPELINES_BYTES = 8 * 1024**3

app = typer.Typer(help="The lake on this machine.", no_args_is_help=True, pretty_exceptions_enable=False)
console = Console(highlight=False)


@app.command()
def run(
    keep: Annotated[bool, typer.Option("--keep", help="Leave the lake running until Ctrl-C.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write the summary to this file, as JSON.")] = None,
) -> None:
    """Deploy the lake, feed it, run its pipelines, ask it, and say what happened.

    The exit code is 1 if anything of it failed.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with only_one():
            _run(keep, report)
    except (InvalidInputError, EmulatorError, JarsUnavailableError, DeploymentError, LakeError) as error:
        console.print(f"\n[red]failed[/red] {type(error).__name__}", soft_wrap=True)
        console.print(str(error), markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        console.print("\nstopped: nothing is left running")
        raise typer.Exit(130) from None


@app.command()
def stop() -> None:
    """Stop the lake that another terminal left running."""
    console.print("stopped" if stop_lake() else "no lake is running")


def prove(lake: LocalLake, stages: show.Stages) -> summary.Summary:
    """Deploy the lake to its running AWS, feed it, run its pipelines and read what came of it.

    A pipeline that fails does not end this: the others run all the same, and the summary tells why it did.
    """
    started = time.monotonic()
    samples = find_samples(lake.lake)
    with stages("synthesize the templates, and bootstrap the account"), ThreadPoolExecutor(1) as beside:
        bootstrapped = beside.submit(lake.bootstrap)
        lake.synthesize()
        bootstrapped.result()
    with stages("deploy every stack with the CDK"):
        lake.deploy()
        red = summary.red_alarms(lake)
    with stages("feed streams and drop files"):
        fed = feed(lake, samples)
    with ThreadPoolExecutor(1) as beside:  # as it needs no more than contracts and templates
        catalogue = beside.submit(_write_catalogue, lake, stages)
        failures = lake.try_pipelines(
            lake.lake.domains,
            at_once=_side_by_side(),
            around=lambda domain: stages(f"run the pipeline of {domain}: bronze, silver, gold"),
        )
    course = summary.Course(samples, fed, failures, str(catalogue.result()), red)
    with stages("read the tables and ask questions"):
        return summary.summarize(lake, course, stages.seconds, started)


def _write_catalogue(lake: LocalLake, stages: show.Stages) -> Path:
    with stages("write the catalogue"):
        return lake.write_catalogue()


def _side_by_side() -> int:
    """Return how many pipelines to run at a time: each has a job of Glue, whose heap is 3 GiB at most."""
    return 2 if psutil.virtual_memory().available > _TWO_PIPELINES_BYTES else 1


def _run(keep: bool, report: Path | None) -> None:
    stages = show.Stages(console)
    shutil.rmtree(DIRECTORY, ignore_errors=True)
    aws = KeptAws(DIRECTORY) if keep else EmbeddedAws(DIRECTORY)
    lake = LocalLake(aws)
    made = made_of(lake)
    with stages("start the embedded AWS, with TLS and IAM"):
        aws.start()
    try:
        result = prove(lake, stages)
        show.summary(console, result, aws)
        if report:
            report.write_text(json.dumps(result.as_json(), indent=2) + "\n")
        if keep:
            note_deployed(lake, made)
            _wait_for_stop(lake)
    finally:
        aws.stop()
    if not result.succeeded:
        raise typer.Exit(1)


def _wait_for_stop(lake: LocalLake) -> None:
    aws, script = lake.aws, DIRECTORY / "environment.sh"
    write_exports(script, lake.environment_of())
    console.print(
        f"\nThe lake keeps running at [bold]{aws.endpoint}[/bold]. In another terminal:\n"
        f"  source {script}    lets any AWS client talk to it\n"
        "  lake sql, lake run …    ask it and bring it data of yours\n"
        "  make stop (or Ctrl-C here)    ends it",
        soft_wrap=True,
    )
    for feature in local_features(lake).values():
        for name, url in feature.addresses(lake).items():
            console.print(f"  {url}    is {name}", soft_wrap=True)
    try:
        signal.pause()
    except KeyboardInterrupt:
        console.print("\nstopped: nothing is left running")


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
