"""What jobs and functions did, from AWS Glue's list of runs and from the reports in their logs.

A report is a line of JSON for each dataset, which tells counts or why it failed. It is there as long as the
log is kept, `alarms.log_retention_days`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

from botocore.exceptions import ClientError

from lakehouse.model.dataset import Dataset
from tools.ops.target import Target
from tools.smoke.step import code_of

JOBS = ("bronze_to_silver", "silver_to_gold")

_ENDED = {"SUCCEEDED": "succeeded", "STOPPED": "stopped"}
_GOING = ("STARTING", "RUNNING", "STOPPING", "WAITING")
_SECONDS_PER_HOUR = 3600
_RECENT = 5
"""Runs of a job among which the last one of a dataset is looked for: a run may be of some datasets only."""

_LINES_MAX = 10_000
"""Lines of one log that are read."""


@dataclass(frozen=True)
class Run:
    """What one run did to a dataset; to none that is known if it ended before it reported any."""

    domain: str
    dataset: str | None
    engine: str
    """`Glue` or `function`."""
    id: str | None
    """Of the job run; a function's report names none."""
    started: datetime
    """Of a function, when it reported."""
    outcome: str
    """`succeeded`, `failed`, `stopped` or `running`."""
    seconds: float | None = None
    """Duration of the whole job run."""
    dpu_hours: float | None = None
    """Of the whole job run, as Glue bills it; None where it does not tell yet."""
    facts: Mapping[str, Any] | None = None
    """Counts, as the run reported them."""
    why: str = ""
    """Why it failed."""


def runs_of(target: Target, domain: str, since: datetime, most: int) -> list[Run]:
    """Return what was done for a domain since an instant, newest first.

    The last `most` runs of each job, and as many of the function for each dataset.
    """
    found = [run for job in JOBS for run in _of_job(target, domain, job, since, most)]
    if target.settings.processing.function is not None:
        found += newest_of_each(_of_function(target, domain, since), most)
    return sorted(found, key=lambda run: run.started, reverse=True)


def last_of(target: Target, dataset: Dataset, since: datetime) -> Run | None:
    """Return the newest run that reported a dataset, or ended before it could."""
    for run in runs_of(target, dataset.domain, since, _RECENT):
        if run.dataset in (None, dataset.name) and run.outcome != "running":
            return run
    return None


def newest_of_each(runs: Iterable[Run], most: int) -> list[Run]:
    """Return the last runs of each dataset, of runs in the order of time."""
    by_dataset: dict[str | None, list[Run]] = {}
    for run in runs:
        by_dataset.setdefault(run.dataset, []).append(run)
    return [run for of_one in by_dataset.values() for run in of_one[-most:]]


def _of_job(target: Target, domain: str, job: str, since: datetime, most: int) -> Iterator[Run]:
    glue = target.client("glue")
    name = target.settings.naming.resource(domain, job)
    try:
        pages = glue.get_paginator("get_job_runs").paginate(JobName=name, PaginationConfig={"MaxItems": most})
        started = [run for page in pages for run in page["JobRuns"]]
    except glue.exceptions.EntityNotFoundException:
        return  # a domain without products has no second job
    for run in takewhile(lambda one: one["StartedOn"] >= since, started):
        yield from _of_job_run(target, domain, run)


def _of_job_run(target: Target, domain: str, run: Mapping[str, Any]) -> Iterator[Run]:
    state = run["JobRunState"]
    outcome = "running" if state in _GOING else _ENDED.get(state, "failed")
    reports = list(_reports(target, f"{run['LogGroupName']}/output", since=None, stream=run["Id"]))
    shared = {
        "domain": domain,
        "engine": "Glue",
        "id": run["Id"],
        "started": run["StartedOn"],
        "seconds": run.get("ExecutionTime"),
        "dpu_hours": run["DPUSeconds"] / _SECONDS_PER_HOUR if "DPUSeconds" in run else None,
    }
    for _, report in reports:
        yield _reported(report, shared)
    if not reports and outcome != "succeeded":
        yield Run(dataset=None, outcome=outcome, why=run.get("ErrorMessage", ""), **shared)


def _of_function(target: Target, domain: str, since: datetime) -> Iterator[Run]:
    group = f"/aws/lambda/{target.settings.naming.resource(domain, 'silver')}"
    for instant, report in _reports(target, group, since=since, stream=None):
        yield _reported(report, {"domain": domain, "engine": "function", "id": None, "started": instant})


def _reported(report: Mapping[str, Any], shared: Mapping[str, Any]) -> Run:
    why = str(report.get("failed", ""))
    facts = {name: value for name, value in report.items() if name not in ("dataset", "failed")}
    return Run(
        dataset=report["dataset"], outcome="failed" if why else "succeeded", facts=facts, why=why, **shared
    )


def _reports(
    target: Target, group: str, *, since: datetime | None, stream: str | None
) -> Iterator[tuple[datetime, Mapping[str, Any]]]:
    """Yield the reports in a log group with their instants; none where nothing was ever logged."""
    narrowed: dict[str, Any] = {"logStreamNames": [stream]} if stream else {}
    if since is not None:
        narrowed["startTime"] = int(since.timestamp() * 1000)
    pages = (
        target.client("logs")
        .get_paginator("filter_log_events")
        .paginate(
            logGroupName=group,
            filterPattern='"dataset"',
            PaginationConfig={"MaxItems": _LINES_MAX},
            **narrowed,
        )
    )
    try:
        for page in pages:
            for event in page["events"]:
                if report := _report(event["message"]):
                    yield datetime.fromtimestamp(event["timestamp"] / 1000, UTC), report
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise


def _report(message: str) -> Mapping[str, Any] | None:
    try:
        document = json.loads(message)
    except ValueError:
        return None
    return document if isinstance(document, dict) and isinstance(document.get("dataset"), str) else None
