"""What a comparison finds, and the walk over two values that finds it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import IntEnum, StrEnum
from typing import Any

from lakehouse.model.dataset import Dataset, PartitionField, Relationship, Write
from lakehouse.model.fields import Array, Decimal, Map, Struct
from lakehouse.targets import words

_TEXT_MAX = 120
"""Characters of a value that a summary shows."""

NOTHING = "nothing"


class Level(IntEnum):
    """How grave a change is; the package tells what decides it."""

    COMPATIBLE = 0
    BACKFILL = 1
    BREAKING = 2


class Kind(StrEnum):
    """Whether something came, went or became something else."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Change:
    """One difference between two versions of a contract."""

    dataset: str
    """Id, `<domain>/<name>`."""
    path: str
    """What differs, such as `columns.amount.type`."""
    kind: Kind
    level: Level
    before: str
    after: str
    effect: str
    """What will happen to the tables and to those who use them, in one sentence."""
    refused: bool = False
    """Whether the table that exists cannot follow: its deployment is refused, or jobs refuse the table."""
    repair: str = ""
    """The command that makes what was processed before as the new contract has it; empty if none does."""

    @property
    def summary(self) -> str:
        """`got → becomes`."""
        return f"{self.before} → {self.after}"


@dataclass(frozen=True)
class Scope:
    """Where two versions of a dataset are being compared."""

    old: Dataset
    new: Dataset
    path: tuple[str, ...] = ()

    def at(self, *parts: str) -> "Scope":
        """Go down to a part."""
        return replace(self, path=(*self.path, *parts))

    @property
    def parent(self) -> "Scope":
        """Go up again."""
        return replace(self, path=self.path[:-1])

    @property
    def until(self) -> str:
        """Until when rows written before stay as they are."""
        if self.new.write in (Write.OVERWRITE, Write.OVERWRITE_PARTITIONS):
            return "until the next run replaces the whole content"
        return "until they are reprocessed from bronze"

    @property
    def repair(self) -> str:
        """Command that processes all objects again; empty where the next run replaces the whole content."""
        if self.new.ingestion is None or self.new.write is Write.OVERWRITE:
            return ""
        return f"lake-ops reprocess {self.new.id} --all --start"

    @property
    def replay(self) -> str:
        """Command that processes the objects again that hold rejected records; empty likewise."""
        return f"lake-ops replay quarantine {self.new.id}" if self.repair else ""

    def change(
        self,
        level: Level,
        before: object,
        after: object,
        effect: str,
        *,
        refused: bool = False,
        repair: str = "",
    ) -> Change:
        """Note a difference here between two values."""
        kind = Kind.CHANGED
        if before in (None, "", ()):
            kind = Kind.ADDED
        elif after in (None, "", ()):
            kind = Kind.REMOVED
        texts = text(before), text(after)
        return Change(self.new.id, ".".join(self.path), kind, level, *texts, effect, refused, repair)


Rule = Callable[[Scope, Any, Any], Iterable[Change]]
"""Judges one field of two dataclass instances; the last part of the scope's path names it."""


def differences(scope: Scope, old: Any, new: Any, rules: Mapping[str, Rule]) -> Iterator[Change]:
    """Compare two instances of a dataclass field by field; what has no rule counts as breaking."""
    for field in fields(old):
        if getattr(old, field.name) != getattr(new, field.name):
            yield from rules.get(field.name, _unjudged)(scope.at(field.name), old, new)


def always(level: Level, effect: str, *, repaired: bool = False) -> Rule:
    """Return a rule by which any difference has the same level and effect."""

    def rule(scope: Scope, old: Any, new: Any) -> Iterator[Change]:
        name = scope.path[-1]
        repair = scope.repair if repaired else ""
        yield scope.change(level, getattr(old, name), getattr(new, name), effect, repair=repair)

    return rule


_unjudged = always(Level.BREAKING, "nobody has judged it: add a rule to lakehouse/compatibility")


def reordered(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether the names that both have come in another order."""
    return [name for name in old if name in new] != [name for name in new if name in old]


def text(value: object) -> str:
    """Write a value of the model for people."""
    if value in (None, "", ()):
        return NOTHING
    return _short(", ".join(map(_one, value)) if isinstance(value, tuple) else _one(value))


def _one(value: object) -> str:
    match value:
        case float():
            return f"{value:g}"
        case PartitionField():
            return words.partition(value)
        case Relationship(columns, target, theirs):
            return f"{', '.join(columns)} to {target} ({', '.join(theirs)})"
        case Decimal() | Array() | Map() | Struct():
            return words.type_name(value)
    return " ".join(str(value).split())


def _short(whole: str) -> str:
    return whole if len(whole) <= _TEXT_MAX else whole[: _TEXT_MAX - 1] + "…"
