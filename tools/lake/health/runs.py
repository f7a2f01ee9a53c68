"""What jobs and functions did, from the events that each run leaves at its start and at its end.

They outlive the logs. Of a run that has told no end, Glue, Step Functions or the clock say whether it goes
on.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lakehouse.model.dataset import Dataset
from tools.lake.health.events import FAILED, Recorded, read, recorded
from tools.ops.pipelines import machine_arn
from tools.ops.target import Target

_JOB_OF = {"silver": "bronze_to_silver", "gold": "silver_to_gold"}

_RECENT = 2
"""Runs of a dataset among which the last one that has ended is looked for."""

_GOING = ("STARTING", "RUNNING", "STOPPING", "WAITING")

_LOST = "it started and never told its end: it was killed, or could not write to the lake's buckets any more"


@dataclass(frozen=True)
class Run:
    """What one run did to a dataset; to none that is known if its job ended before it took up any."""

    domain: str
    dataset: str | None
    engine: str
    """`Glue` or `function`."""
    id: str | None
    """Of the Glue job run, or of the function's request; None if there was none."""
    started: datetime
    outcome: str
    """`succeeded`, `failed`, `lost`: it ended without a word, or `running`."""
    seconds: float | None = None
    dpu_hours: float | None = None
    """Of the whole job run, as Glue bills it; None where it does not tell yet."""
    facts: Mapping[str, Any] | None = None
    """The row of its end in the table of runs, or of its start."""
    why: str = ""
    """Why it failed."""


def runs_of(target: Target, domain: str, since: datetime, most: int, name: str | None = None) -> list[Run]:
    """Return what was done for a domain since an instant, newest first.

    The last `most` runs of each dataset, or of one alone, and steps of the pipeline that failed before any of
    their datasets was taken up; for one dataset, of the steps that make its layer.
    """
    found = recorded(target, domain, since)
    if name is not None:
        layer = next(each.layer for each in target.lake.of_domain(domain) if each.name == name)
        bucket = target.settings.naming.bucket(layer)
        found = [run for run in found if run.last.bucket == bucket]
    chosen = [run for run in found if not run.is_step and name in (None, run.name)]
    rows = [(run, read(target, run.last)) for run in newest_of_each(chosen, most)]
    parents = {str(row.get("parent_run_id")) for _, row in rows}
    steps = {run.last.run: run for run in found if run.is_step}
    told = {id_: read(target, steps[id_].last) for id_ in parents & steps.keys()}
    datasets = [
        run_of(target, domain, run, row, told.get(str(row.get("parent_run_id")))) for run, row in rows
    ]
    return sorted(
        [*datasets, *_steps(target, domain, found, most)], key=lambda run: run.started, reverse=True
    )


def last_of(target: Target, dataset: Dataset, since: datetime) -> Run | None:
    """Return the newest run of a dataset that has ended, or that of its job which ended before it."""
    for run in runs_of(target, dataset.domain, since, _RECENT, dataset.name):
        if run.outcome != "running":
            return run
    return None


def lost_runs(target: Target, domain: str, runs: Iterable[Recorded]) -> list[Run]:
    """Return those without an end after which no other of their dataset or step has started.

    `runs` come newest first.
    """
    newest = newest_of_each(runs, 1)
    open_ones = [run_of(target, domain, run, read(target, run.last)) for run in newest if run.end is None]
    return [run for run in open_ones if run.outcome == "lost"]


def newest_of_each(runs: Iterable[Recorded], most: int) -> list[Recorded]:
    """Return the last runs of each dataset and step, of runs that come newest first."""
    by_name: dict[str, list[Recorded]] = {}
    for run in runs:
        by_name.setdefault(run.name, []).append(run)
    return [run for of_one in by_name.values() for run in of_one[:most]]


def _steps(target: Target, domain: str, found: list[Recorded], most: int) -> Iterator[Run]:
    """Yield steps that failed or were lost, and of whose job no dataset tells a run."""
    for run in newest_of_each([each for each in found if each.is_step], most):
        if run.end is not None and run.end.kind != FAILED:
            continue
        told = run_of(target, domain, run, read(target, run.last))
        until = run.end.at if run.end else datetime.now(UTC)
        within = (each for each in found if not each.is_step and run.started <= each.started <= until)
        if told.outcome != "running" and not any(_is_of(target, each, run) for each in within):
            yield told


def _is_of(target: Target, run: Recorded, step: Recorded) -> bool:
    return bool(read(target, run.last).get("parent_run_id") == step.last.run)


def run_of(
    target: Target, domain: str, run: Recorded, row: Mapping[str, Any], step: Mapping[str, Any] | None = None
) -> Run:
    """Return a run as its last event tells it; `step` is what the pipeline's step tells of its job run."""
    kind = run.last.kind
    outcome = {"COMPLETE": "succeeded", FAILED: "failed"}.get(kind, "")
    if run.end is None:
        outcome = "running" if _goes_on(target, domain, run, row) else "lost"
    return Run(
        domain,
        None if run.is_step else run.name,
        row["engine"],
        row.get("job_run"),
        run.started,
        outcome,
        row.get("seconds"),
        (row if run.is_step else step or {}).get("dpu_hours"),
        row,
        _LOST if outcome == "lost" else row.get("error", ""),
    )


def _goes_on(target: Target, domain: str, run: Recorded, row: Mapping[str, Any]) -> bool:
    """Whether a run that has told no end can still tell one."""
    if "execution" in row:
        arn = f"{machine_arn(target, domain).replace(':stateMachine:', ':execution:')}:{row['execution']}"
        status = target.client("stepfunctions").describe_execution(executionArn=arn)["status"]
        return bool(status == "RUNNING")
    if row["engine"] == "Glue":
        layer = next(each.layer for each in target.lake.of_domain(domain) if each.name == run.name)
        job = target.settings.naming.resource(domain, _JOB_OF[layer])
        answer = target.client("glue").get_job_run(JobName=job, RunId=row["job_run"])
        return answer["JobRun"]["JobRunState"] in _GOING
    function = target.settings.processing.function
    longest = timedelta(seconds=function.timeout_seconds if function else 0)
    return datetime.now(UTC) - run.started <= longest
