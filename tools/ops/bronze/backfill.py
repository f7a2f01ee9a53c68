"""`lake-ops backfill`: bronze objects of some days, through the pipeline once more."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import uuid4

import typer

from lakehouse.layout.paths import ingest_partition
from lakehouse.model.dataset import Dataset, Layer
from tools.cli.project import AsJson, Root
from tools.cli.summary import Item, State, conclude
from tools.ops.bronze.requests import ask, list_keys, why_not
from tools.ops.pipelines import domains_of, start
from tools.ops.target import DryRun, Env, Target, acting, open_target

_OBJECTS_MAX = 10_000
"""Objects that one request names, so that it stays about a megabyte."""

_NEXT = "`lake-ops redrive pipeline --dry-run` tells how the last runs ended."

_FORMAT = ["%Y-%m-%d"]

What = Annotated[str, typer.Argument(help="`domain`, or `domain/dataset`.")]
From = Annotated[datetime, typer.Option("--from", formats=_FORMAT, help="First ingest date, in UTC.")]
To = Annotated[datetime, typer.Option("--to", formats=_FORMAT, help="Last ingest date, in UTC.")]


@acting
def backfill(
    what: What,
    first: From,
    last: To,
    *,
    env: Env = "dev",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Process what came to bronze on some days again: it came late, or the contract refused it until now.

    Rows that are there already stay, and rejected records are replaced by what the contract makes of them
    now, so nothing is doubled or lost. Runs under way are not disturbed: the next one takes the request up,
    builds the products, and leaves it to its successor if it is killed.
    """
    if last < first:
        raise typer.BadParameter(f"--to: got {last:%Y-%m-%d}; allowed: --from ({first:%Y-%m-%d}) or later")
    target = open_target(env, root)
    chosen = _chosen(target, what)
    days = [first.date() + timedelta(days=number) for number in range((last - first).days + 1)]
    items = [_request(target, dataset, days, dry_run) for dataset in chosen]
    requested = [dataset for dataset, item in zip(chosen, items, strict=True) if item.state is State.DONE]
    items += [Item(f"pipeline {each}", State.DONE, why=start(target, each)) for each in domains_of(requested)]
    conclude("backfill", items, as_json, _NEXT)


def _chosen(target: Target, what: str) -> list[Dataset]:
    """Datasets with a source: the one that is named, or those of the domain that is."""
    if "/" in what:
        return target.datasets([what])
    found = [dataset for dataset in target.datasets([]) if dataset.domain == what]
    if not found:
        known = ", ".join(domains_of(target.datasets([])))
        raise typer.BadParameter(f"got {what}; allowed: {known}, or one of their datasets as domain/dataset")
    return found


def _request(target: Target, dataset: Dataset, days: list[date], dry_run: bool) -> Item:
    if why := why_not(dataset):
        return Item(dataset.id, State.SKIPPED, why=why)
    keys = [key for day in days for key in _keys(target, dataset, day)]
    why = f"{len(keys)} objects of {days[0]} to {days[-1]}"
    if not keys:
        return Item(dataset.id, State.SKIPPED, why=why)
    if dry_run:
        return Item(dataset.id, State.PLANNED, why=why)
    for place in range(0, len(keys), _OBJECTS_MAX):
        # A name of its own: the same days may be asked for again, under the next contract.
        ask(target, dataset, keys[place : place + _OBJECTS_MAX], f"backfill-{uuid4().hex}")
    return Item(dataset.id, State.DONE, why=why)


def _keys(target: Target, dataset: Dataset, day: date) -> Iterable[str]:
    bucket = target.settings.naming.bucket(Layer.BRONZE)
    return list_keys(target, bucket, f"{dataset.id}/{ingest_partition(str(day))}")
