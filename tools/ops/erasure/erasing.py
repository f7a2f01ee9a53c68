"""Carries an erasure out: objects first, then silver and what is made of it, then all that is older."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from pyiceberg.exceptions import CommitFailedException

from lakehouse.layout.cdc import deleted_name, is_replica
from lakehouse.layout.paths import INGEST_DATE
from lakehouse.model.dataset import Dataset, Layer
from tools.ops.bronze.requests import existing
from tools.ops.erasure import evidence
from tools.ops.erasure.documents import hide_person
from tools.ops.erasure.evidence import BEGUN, Entry
from tools.ops.erasure.objects import (
    Area,
    Found,
    areas,
    hide,
    listed,
    remove_hidden,
    remove_versions,
    rewrite,
    search,
)
from tools.ops.erasure.person import Person, concerned
from tools.ops.erasure.renaming import is_renamed, rename
from tools.ops.erasure.rows import Rows, delete_rejected, delete_rows, rejected_of, rows_of
from tools.ops.erasure.tables import forget_older
from tools.ops.erasure.traces import traces_until
from tools.ops.repair.carrying_out import carry_out, requests_of
from tools.ops.repair.downstream import affected
from tools.ops.target import OperationError, Target

_ERASED = "erased"
"""Stands for a person in names and notes: always the same, so that an object that is named anew twice, since
somebody was killed, is one still. The router ends each name with what tells its file from all others."""

RESULTS = "query-results"
"""Bucket of what queries have answered."""


@dataclass(frozen=True)
class Plan:
    """What there is to do."""

    areas: Sequence[Area]
    found: Sequence[Found] = field(repr=False)
    """Versions of objects that hold records of the person, mention it, or cannot be read."""
    keys: dict[Dataset, list[str]] = field(repr=False)
    """Objects of bronze that silver is to be made anew from, by dataset: those that hold records now, and
    those of erasures that did not come to their end."""
    gone: dict[Dataset, tuple[Rows, Rows]] = field(repr=False)
    """Rows of silver, and rejected records, whose objects bronze has no more: these are deleted."""
    products: Sequence[Dataset]
    """Products that are made of these datasets, inputs first."""

    @property
    def held(self) -> list[Found]:
        """Versions that hold records of the person, whether or not Object Lock keeps them."""
        return [each for each in self.found if each.records]

    @property
    def due(self) -> list[Found]:
        """What can be removed of these: objects as they are now, and older versions that no lock keeps."""
        return [each for each in self.found if each.is_due]

    @property
    def gone_versions(self) -> list[Found]:
        """Versions that are deleted: those with records, and older ones whose names mention the person."""
        told = (each for each in self.found if each.records or (each.named and not each.latest))
        return [each for each in told if each.locked_until is None]

    @property
    def unreadable(self) -> list[Found]:
        """Versions that nobody can tell of."""
        return [each for each in self.found if each.unreadable]

    @property
    def named(self) -> list[Found]:
        """Versions whose keys mention the person."""
        return [each for each in self.found if each.named]


def planned(target: Target, person: Person) -> Plan:
    """Look for a person in all that has not become a row."""
    datasets = concerned(target.lake, person)
    places = areas(target, datasets)
    found = [each for area in places for each in search(target, area, person)]
    begun = evidence.unfinished(target, datasets)
    keys: dict[Dataset, list[str]] = {}
    gone: dict[Dataset, tuple[Rows, Rows]] = {}
    for dataset in datasets:
        rows, rejected = rows_of(target, dataset, person), rejected_of(target, dataset, person)
        own = {
            each.key
            for each in found
            if (each.is_due or is_renamed(each)) and each.key.startswith(f"{dataset.id}/{INGEST_DATE}=")
        }
        wanted = {*own, *begun.get(dataset.id, ()), *rows}
        there = existing(target, wanted | rejected.keys())
        lost = _without(rows, there), _without(rejected, there)
        if wanted or any(lost):
            keys[dataset] = sorted(wanted & there.keys())
            gone[dataset] = lost
    reached = {each.id for dataset in keys for each in affected(target.lake, dataset)}
    return Plan(places, found, keys, gone, [each for each in target.lake.datasets if each.id in reached])


def erase(target: Target, person: Person, plan: Plan, tell: Callable[[str], None]) -> str:
    """Do what is planned, and return the id that the table of erasures has it under.

    Whoever is killed is followed by one that plans anew, and finds what is left.

    Raises:
        OperationError: A pipeline failed, S3 refused, or others commit; what was done stays done.
    """
    try:
        return _erased(target, person, plan, tell)
    except CommitFailedException as error:
        raise OperationError(
            f"others commit to the same table ({error}); fix: run the same command again, which goes on"
        ) from error


def _erased(target: Target, person: Person, plan: Plan, tell: Callable[[str], None]) -> str:
    id_ = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}"
    evidence.write(target, [*_entries(target, plan, id_)])
    _rewrite_objects(target, person, plan)
    names = rename(target, [each for each in plan.named if is_renamed(each)], person, _ERASED)
    tell(f"{len(plan.due)} objects and versions no longer hold records")
    if plan.keys:
        _make_anew(target, plan, id_, names, tell)
    for dataset in concerned(target.lake, person):
        hide_person(target, dataset, person, _ERASED)
    until = {each.id: traces_until(target, each, plan.found) for each in plan.keys}
    evidence.close(target, id_, [*plan.keys], until)
    return id_


def _rewrite_objects(target: Target, person: Person, plan: Plan) -> None:
    for each in plan.held:
        if each.latest:
            rewrite(target, each, person)
    for area in plan.areas:
        gone = [each for each in plan.gone_versions if each.area == area]
        remove_versions(target, area.bucket, [(each.key, each.version) for each in gone])


def _make_anew(
    target: Target, plan: Plan, id_: str, names: Mapping[str, str], tell: Callable[[str], None]
) -> None:
    """Make tables follow the objects, and forget what they were; `names` are those that objects now have."""
    for dataset, (rows, rejected) in plan.gone.items():
        delete_rows(target, dataset, rows)
        delete_rejected(target, dataset, rejected)
    keys = {dataset: [names.get(key, key) for key in own] for dataset, own in plan.keys.items()}
    wanted = [(dataset, [*requests_of(dataset, own, {})]) for dataset, own in keys.items()]
    carry_out(target, id_, wanted, [each.id for each in plan.products], tell)
    for name in tables(target, plan):
        tell(f"{forget_older(target, name)} older versions of {'.'.join(name)} expired")
    _forget_answers(target)


def _without(rows: Rows, there: Collection[str]) -> Rows:
    return {key: numbers for key, numbers in rows.items() if key not in there}


def tables(target: Target, plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield database and name of each table that may hold what is erased in older versions."""
    naming = target.settings.naming
    for each in plan.keys:
        silver = naming.database(Layer.SILVER, each.domain)
        yield silver, each.name
        if is_replica(each):
            yield silver, deleted_name(each)
        yield naming.database(Layer.QUARANTINE, each.domain), each.name
    for each in plan.products:
        yield naming.database(Layer.GOLD, each.domain), each.name


def answers(target: Target) -> int:
    """Return how many objects and versions of answers to queries there are."""
    return sum(1 for _ in listed(target, target.settings.naming.bucket(RESULTS), ""))


def _forget_answers(target: Target) -> None:
    """Delete all answers: nobody can tell which of them show the person."""
    bucket = target.settings.naming.bucket(RESULTS)
    hide(target, bucket, sorted({each["Key"] for each in listed(target, bucket, "") if each["IsLatest"]}))
    remove_hidden(target, bucket, "")


def _entries(target: Target, plan: Plan, id_: str) -> Iterator[Entry]:
    named = {each.key for each in plan.named}
    role, now = evidence.role_of(target), evidence.instant(datetime.now(UTC))
    for dataset, keys in plan.keys.items():
        yield Entry(
            erasure_id=id_,
            event_type=BEGUN,
            event_time=now,
            role=role,
            dataset=dataset.id,
            objects=[key.removeprefix(f"{dataset.id}/") for key in keys if key not in named],
            records=sum(each.records for each in plan.held if dataset in each.area.datasets),
            products=[each.id for each in affected(target.lake, dataset)],
            traces_until=None,
        )
