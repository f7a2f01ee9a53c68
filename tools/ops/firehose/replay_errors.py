"""`lake-ops replay errors`: records that Firehose could not deliver reach bronze after all."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from lakehouse.model.dataset import Dataset
from tools.cli.project import AsJson, Root
from tools.cli.summary import Item, State, conclude
from tools.ops.bronze.requests import start_pipeline
from tools.ops.firehose.copies import missing, write_once
from tools.ops.firehose.encoding import fitting
from tools.ops.firehose.error_objects import (
    CONVERSION,
    PROCESSING,
    ErrorObject,
    Record,
    Stream,
    error_objects,
    read_records,
    streams,
)
from tools.ops.firehose.transform import Ready, transformed
from tools.ops.target import DryRun, Env, OperationError, Target, acting, open_target

_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


@acting
def errors(
    datasets: Annotated[
        list[str] | None, typer.Argument(help="DOMAIN/DATASET or DATASET; without any, all.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=_FORMATS, help="Only what failed at or after this, in UTC.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=_FORMATS, help="Only what failed before this, in UTC.")
    ] = None,
    *,
    env: Env = "dev",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Deliver what Firehose gave up, once the cause is mended and deployed.

    What waits under `_errors/` in bronze is written into the bronze partition of the hour in which it failed,
    in the format of its dataset, and not put on the stream again: a stream would double what is replayed
    twice, and bronze deletes nothing. Each object says which records it holds, so the command may be
    repeated, ended at any time, and run by two people at once.

    `processing-failed`: Firehose kept the record as it came, so it passes the transform function again, in
    the version that is deployed now. `format-conversion-failed`: Firehose kept it as the function made it,
    so it is only converted, by the columns that the contract has now. What is still refused stays where it
    is; the command names it and ends with code 1.

    A dataset of a shared stream stands for the whole stream.
    """
    target = open_target(env, root)
    items, domains = [], set()
    for stream in streams(target, target.datasets(datasets or [])):
        for error in error_objects(target, stream, _utc(since), _utc(until)):
            items.append(_replay(target, stream, error, dry_run=dry_run))
            domains |= {dataset.domain for dataset in stream.datasets}
    conclude("replay errors", items, as_json, start_pipeline(domains))


def _utc(time: datetime | None) -> datetime | None:
    return time.replace(tzinfo=UTC) if time else None


def _replay(target: Target, stream: Stream, error: ErrorObject, *, dry_run: bool) -> Item:
    if error.kind not in (PROCESSING, CONVERSION):
        why = f"{error.kind or 'no kind'} is not known here; allowed: {PROCESSING}, {CONVERSION}"
        return Item(error.key, State.FAILED, why=why)
    try:
        records = read_records(target, error)
        ready, refused = _prepared(target, stream, error, records)
    except OperationError as fault:
        return Item(error.key, State.FAILED, why=str(fault))
    count = _count_missing if dry_run else write_once
    written = sum(count(target, error, dataset, some) for dataset, some in ready)
    return _outcome(error, written, len(records), refused, dry_run=dry_run)


def _count_missing(target: Target, error: ErrorObject, dataset: Dataset, records: list[Record]) -> int:
    return len(missing(target, error, dataset, records))


def _prepared(
    target: Target, stream: Stream, error: ErrorObject, records: Sequence[Record]
) -> tuple[list[tuple[Dataset, list[Record]]], int]:
    """Records by dataset, as they go into bronze, and the number of those that are still refused."""
    if error.kind == PROCESSING and stream.transforms:
        passed, refused = transformed(target, stream, records)
    else:
        passed, refused = [Ready(record, stream.datasets[0]) for record in records], []
    ready, count = [], len(refused)
    for dataset in stream.datasets:
        some = sorted(
            (each.record for each in passed if each.dataset.id == dataset.id),
            key=lambda record: record.position,
        )
        fit, unfit = fitting(dataset, target.settings.naming, some)
        ready.append((dataset, fit))
        count += len(unfit)
    return [(dataset, some) for dataset, some in ready if some], count


def _outcome(error: ErrorObject, written: int, total: int, refused: int, *, dry_run: bool) -> Item:
    if refused:
        why = f"{refused} of {total} records are still refused"
        return Item(error.key, State.FAILED, written, why)
    if not written:
        return Item(error.key, State.SKIPPED, 0, "its records are in bronze already")
    return Item(error.key, State.PLANNED if dry_run else State.DONE, written)
