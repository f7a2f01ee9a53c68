"""`lake-ops reprocess`: bronze objects through the pipeline again, to replace what they have put there."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

import typer

from lakehouse.layout.paths import INGEST_DATE, ingest_partition
from lakehouse.model.dataset import Dataset, Layer
from tools.cli.project import AsJson, Root
from tools.cli.summary import Item, State, conclude
from tools.ops.bronze.requests import ALL, Stored, ask, list_objects, named, start_pipeline
from tools.ops.pipelines import domains_of, start
from tools.ops.target import DryRun, Env, Target, acting, open_target

OBJECTS_MAX = 10_000
"""Objects that one request names, so that it stays about a megabyte."""

_MEBIBYTE = 1024 * 1024

_STARTED = "`lake-ops redrive pipeline --dry-run` tells how the last runs ended."

_FORMAT = ["%Y-%m-%d"]

What = Annotated[str, typer.Argument(help="`domain`, or `domain/dataset`.")]
Names = Annotated[
    list[str] | None,
    typer.Option("--objects", help="One object, as `_source_object` of its rows tells it; may be repeated."),
]
From = Annotated[datetime | None, typer.Option("--from", formats=_FORMAT, help="First ingest date, in UTC.")]
To = Annotated[datetime | None, typer.Option("--to", formats=_FORMAT, help="Last ingest date, in UTC.")]
All = Annotated[bool, typer.Option("--all", help="Every object that bronze has: the full repair.")]
Start = Annotated[bool, typer.Option("--start", help="Start the pipelines, too.")]


@acting
def reprocess(
    what: What,
    names: Names = None,
    first: From = None,
    last: To = None,
    *,
    everything: All = False,
    start_now: Start = False,
    env: Env = "dev",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Process objects of bronze again: they came late, or the contract has changed since they were processed.

    What an object had put into silver and quarantine is replaced by what the contract makes of it now, and
    newer versions that came from other objects stay. A key that a requested object no longer has a row for
    gets that of an older version only if its object is requested, too: `--all` is the full repair. Under
    `lake.write: overwrite` requested versions are judged again, and the newest good one counts. Runs under
    way are not disturbed: the next one takes the request up, builds the products, and leaves it to its
    successor if it is killed.
    """
    wanted = _wanted(names or [], first, last, everything)
    target = open_target(env, root)
    chosen = _chosen(target, what)
    items = [_request(target, dataset, wanted, dry_run) for dataset in chosen]
    requested = [dataset for dataset, item in zip(chosen, items, strict=True) if item.state is State.DONE]
    domains = domains_of(requested)
    if start_now:
        items += [Item(f"pipeline {each}", State.DONE, why=start(target, each)) for each in domains]
    conclude("reprocess", items, as_json, _STARTED if start_now else start_pipeline(domains))


@dataclass(frozen=True)
class _Wanted:
    """Which objects: of some days, of some names, or all."""

    days: tuple[date, date] | None = None
    names: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        """Whether all are wanted, those that come until the request is answered among them."""
        return not self.days and not self.names

    def __str__(self) -> str:
        return f" of {self.days[0]} to {self.days[1]}" if self.days else ""


def _wanted(names: list[str], first: datetime | None, last: datetime | None, everything: bool) -> _Wanted:
    given = [name for name, value in (("--objects", names), ("--all", everything)) if value]
    given += ["--from and --to"] if first or last else []
    if len(given) != 1 or bool(first) != bool(last):
        got = ", ".join(given) if len(given) != 1 else "one of --from and --to alone"
        raise typer.BadParameter(
            f"got {got or 'none'}; allowed: one of --objects, --from with --to, or --all"
        )
    if first is None or last is None:
        return _Wanted(names=tuple(names))
    if last < first:
        raise typer.BadParameter(f"--to: got {last:%Y-%m-%d}; allowed: --from ({first:%Y-%m-%d}) or later")
    return _Wanted((first.date(), last.date()))


def _chosen(target: Target, what: str) -> list[Dataset]:
    """Datasets with a source: the one that is named, or those of the domain that is."""
    if "/" in what:
        return target.datasets([what])
    found = [dataset for dataset in target.datasets([]) if dataset.domain == what]
    if not found:
        known = ", ".join(domains_of(target.datasets([])))
        raise typer.BadParameter(f"got {what}; allowed: {known}, or one of their datasets as domain/dataset")
    return found


def _request(target: Target, dataset: Dataset, wanted: _Wanted, dry_run: bool) -> Item:
    found = list(_found(target, dataset, wanted))
    size = sum(each.size for each in found) / _MEBIBYTE
    why = f"{len(found)} objects{wanted}, {size:.1f} MiB"
    if not found:
        return Item(dataset.id, State.SKIPPED, why=why)
    if dry_run:
        return Item(dataset.id, State.PLANNED, why=why)
    for some in _parts(wanted, found):
        ask(target, dataset, some, "reprocess")
    return Item(dataset.id, State.DONE, why=why)


def _parts(wanted: _Wanted, found: list[Stored]) -> Iterator[Sequence[str]]:
    """Yield what each request asks for."""
    if wanted.everything:
        yield ALL
        return
    keys = [each.key for each in found]
    yield from (keys[place : place + OBJECTS_MAX] for place in range(0, len(keys), OBJECTS_MAX))


def _found(target: Target, dataset: Dataset, wanted: _Wanted) -> Iterator[Stored]:
    bucket = target.settings.naming.bucket(Layer.BRONZE)
    if wanted.names:
        yield from named(target, dataset, wanted.names)
        return
    for prefix in _prefixes(dataset, wanted.days):
        yield from list_objects(target, bucket, prefix)


def _prefixes(dataset: Dataset, days: tuple[date, date] | None) -> Iterable[str]:
    if days is None:
        return [f"{dataset.id}/{INGEST_DATE}="]
    first, last = days
    each = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [f"{dataset.id}/{ingest_partition(str(day))}" for day in each]
