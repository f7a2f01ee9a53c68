"""What was to be repaired, why, by whom, and what came of it: kept in bronze, from which nobody deletes.

A repair whose outcome is missing was ended half-way, and goes on when the same is asked for again.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any, Self

from lakehouse.layout.paths import REPAIRS
from lakehouse.model.dataset import Dataset, Layer
from tools.ops.bronze.requests import list_keys
from tools.ops.tables import entry_of, metadata_of, read_uri
from tools.ops.target import Target

_PLAN, _OUTCOME = "plan.json", "outcome.json"
_RECENT = 50
"""Finished repairs of a dataset among which one that asked for the same is looked for."""


@dataclass(frozen=True)
class Version:
    """The current version of a table."""

    snapshot: int | None
    """None before the first commit."""
    rows: int


@dataclass(frozen=True)
class Step:
    """One product that is made anew."""

    id: str
    extent: str
    """How much of it, for people."""
    parts: Sequence[str] | None
    """Parts that are known before; None where they are not, or all of it is made anew."""


@dataclass(frozen=True)
class Plan:
    """What is to be done."""

    id: str
    dataset: str
    asked: Mapping[str, Any]
    by: str
    """ARN of who asked."""
    at: str
    definition: str
    """Hash of the contract that rows are made by."""
    rows: int
    objects: Mapping[str, int]
    """Bytes by key."""
    records: Mapping[str, Sequence[int]]
    """Hashes of records by key; empty where objects are processed as a whole."""
    products: Sequence[Step]
    before: Mapping[str, Version]
    """By dataset, of all tables of the domains that are concerned."""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Read what `asdict` wrote."""
        steps = [Step(**each) for each in document["products"]]
        before = {id_: Version(**each) for id_, each in document["before"].items()}
        return cls(**{**document, "products": steps, "before": before})


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    at: str
    executions: Sequence[str]
    """ARNs of the executions that did it."""
    after: Mapping[str, Version]
    remaining: int | None = None
    """Rows for which the condition still holds; None without one."""
    moved: Sequence[str] = field(default_factory=list)
    """Other tables that somebody else committed to meanwhile."""


def write(target: Target, dataset: Dataset, id_: str, content: Plan | Outcome) -> None:
    """Keep a plan or an outcome."""
    name = _PLAN if isinstance(content, Plan) else _OUTCOME
    target.client("s3").put_object(
        Bucket=target.settings.naming.bucket(Layer.BRONZE),
        Key=f"{_folder(dataset)}{id_}/{name}",
        Body=json.dumps(asdict(content), indent=1).encode(),
    )


def unfinished(target: Target, dataset: Dataset, asked: Mapping[str, Any]) -> Plan | None:
    """Return the newest repair that asked for the same and was ended half-way."""
    names = _names(target, dataset)
    begun = (id_ for id_ in sorted(names, reverse=True) if _OUTCOME not in names[id_])
    return next((plan for id_ in begun if (plan := _plan(target, dataset, id_)).asked == asked), None)


def finished(target: Target, dataset: Dataset, asked: Mapping[str, Any]) -> tuple[Plan, Outcome] | None:
    """Return the newest repair that asked for the same and came to its end."""
    names = _names(target, dataset)
    ended = [id_ for id_ in sorted(names, reverse=True) if _OUTCOME in names[id_]]
    for id_ in ended[:_RECENT]:
        plan = _plan(target, dataset, id_)
        if plan.asked == asked:
            found = _read(target, dataset, id_, _OUTCOME)
            after = {each: Version(**version) for each, version in found["after"].items()}
            return plan, Outcome(**{**found, "after": after})
    return None


def versions(target: Target, datasets: Sequence[Dataset]) -> dict[str, Version]:
    """Return the current versions of tables, of silver or gold, by dataset."""
    return {each.id: _version(target, each) for each in datasets}


def definition_of(dataset: Dataset) -> str:
    """Return a hash of the contract."""
    return sha256(repr(dataset).encode()).hexdigest()


def _version(target: Target, dataset: Dataset) -> Version:
    current = metadata_of(target, entry_of(target, dataset)).current_snapshot()
    if current is None:
        return Version(None, 0)
    summary = current.summary.additional_properties if current.summary else {}
    return Version(current.snapshot_id, int(summary.get("total-records", 0)))


def _names(target: Target, dataset: Dataset) -> dict[str, set[str]]:
    """Names of the objects of each repair of a dataset."""
    found: dict[str, set[str]] = {}
    for id_, name in _kept(target, dataset):
        found.setdefault(id_, set()).add(name)
    return found


def _kept(target: Target, dataset: Dataset) -> Iterator[tuple[str, str]]:
    folder = _folder(dataset)
    for key in list_keys(target, target.settings.naming.bucket(Layer.BRONZE), folder):
        id_, _, name = key.removeprefix(folder).partition("/")
        yield id_, name


def _plan(target: Target, dataset: Dataset, id_: str) -> Plan:
    return Plan.of(_read(target, dataset, id_, _PLAN))


def _read(target: Target, dataset: Dataset, id_: str, name: str) -> dict[str, Any]:
    bucket = target.settings.naming.bucket(Layer.BRONZE)
    return dict(json.loads(read_uri(target, f"s3://{bucket}/{_folder(dataset)}{id_}/{name}")))


def _folder(dataset: Dataset) -> str:
    return f"{REPAIRS}{dataset.id}/"
