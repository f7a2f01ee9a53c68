"""Logs of what works in the kept lake: of jobs as files, of the silver function in CloudWatch Logs."""

from dataclasses import dataclass
from pathlib import Path

from lakehouse.model.dataset import Dataset
from local.lake.lake import LocalLake


@dataclass(frozen=True)
class Log:
    """One log."""

    place: str
    at: float
    """Instant of the last line, in seconds."""
    lines: list[str]


def newest(lake: LocalLake, domain: str, dataset: Dataset | None) -> list[Log]:
    """Return the logs of what worked last on a domain, or on a dataset: the lines that name it, and errors.

    Empty if nothing has.
    """
    job = _of_job(lake, domain, dataset)
    function = None if dataset and not dataset.ingestion else _of_function(lake, domain, dataset)
    if function and function.at > max((log.at for log in job), default=0.0):
        return [function]
    return job


def _of_job(lake: LocalLake, domain: str, dataset: Dataset | None) -> list[Log]:
    jobs = [lake.naming.resource(domain, job) for job in ("bronze-to-silver", "silver-to-gold")]
    if dataset is not None:
        jobs = jobs[:1] if dataset.ingestion else jobs[1:]
    folder = lake.aws.directory / "logs" / "glue"
    found = sorted((path for job in jobs for path in folder.glob(f"{job}-jr_*.log")), key=_modified)
    if not found:
        return []
    run = found[-1].name.partition(".")[0]
    return [_of_file(path, dataset) for path in found if path.name.startswith(run)]


def _of_file(path: Path, dataset: Dataset | None) -> Log:
    lines = path.read_text(errors="replace").splitlines()
    return Log(str(path), _modified(path), _naming(dataset, lines) if ".output." in path.name else lines)


def _of_function(lake: LocalLake, domain: str, dataset: Dataset | None) -> Log | None:
    group, logs = f"/aws/lambda/{lake.naming.resource(domain, 'silver')}", lake.aws.client("logs")
    try:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        events = [event for page in pages for event in page["events"]]
    except logs.exceptions.ResourceNotFoundException:
        return None  # none is deployed, or it has never run
    chosen = [event for event in events if _naming(dataset, [event["message"]])]
    if not chosen:
        return None
    lines = [event["message"].rstrip() for event in chosen]
    return Log(group, chosen[-1]["timestamp"] / 1000, lines)


def _naming(dataset: Dataset | None, lines: list[str]) -> list[str]:
    return [line for line in lines if dataset is None or f'"{dataset.name}"' in line]


def _modified(path: Path) -> float:
    return path.stat().st_mtime
