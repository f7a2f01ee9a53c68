"""The version that a changed contract must have."""

from collections.abc import Iterable

from config.faults import Fault
from lakehouse.compatibility.change import Change, Level
from lakehouse.model.dataset import Dataset, Lake

_ANNOUNCED = ("deprecated", "retired")
"""Values of `status` with which a contract announces its end."""


def version_faults(old: Lake, new: Lake, changes: Iterable[Change]) -> list[Fault]:
    """Return the contracts of `new` whose versions say less than their changes do.

    A contract that is gone has no version to raise: it may go once it was published as deprecated.
    """
    changes = list(changes)
    after = {dataset.id: dataset for dataset in new.datasets}
    found = []
    for dataset in old.datasets:
        if dataset.id in after:
            own = [change for change in changes if change.dataset == dataset.id]
            found += _raised(dataset, after[dataset.id], own)
        elif dataset.documentation.status not in _ANNOUNCED:
            got = dataset.documentation.status or "nothing"
            allowed = f"{' or '.join(_ANNOUNCED)} in a released contract before it is removed"
            fix = "restore the contract, release it with `status: deprecated`, and remove it after that"
            found.append(Fault(dataset.source, "status", got, allowed, fix))
    return found


def _raised(old: Dataset, new: Dataset, changes: list[Change]) -> list[Fault]:
    worst = max(changes, key=lambda change: change.level, default=None)
    least = _least(old.version, worst.level if worst else Level.COMPATIBLE)
    if _numbers(new.version) >= least:
        return []
    wanted = ".".join(map(str, least))
    if worst is None or _numbers(new.version) < _numbers(old.version):
        allowed, fix = f"{wanted} or later: versions never go back", f"set `version: {wanted}`"
    else:
        paths = [change.path for change in changes if change.level is worst.level]
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        allowed = f"{wanted} or later; {worst.level.name.lower()}: {paths[0]}{more}"
        fix = f"set `version: {wanted}`, or undo the change"
    return [Fault(new.source, "version", new.version, allowed, fix)]


def _least(version: str, level: Level) -> tuple[int, ...]:
    major, minor, patch = _numbers(version)
    if level is Level.BREAKING:
        return (major + 1, 0, 0)
    return (major, minor + 1, 0) if level is Level.BACKFILL else (major, minor, patch)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
