"""What the names in one SELECT stand for, by the rules of Spark's analyser."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from lakehouse.sql.spark.types.kinds import Kind
from lakehouse.sql.spark.values.flow import Flow

_QUALIFIER_MOST = 2
"""Parts of a table's name in the SQL of the lake."""


@dataclass(frozen=True, eq=False)
class Attribute:
    """A column of a table or query; none is equal to another, as each of Spark's has an id of its own."""

    name: str
    """In lower case; empty if only Spark knows it."""
    kind: Kind | None
    """None where it cannot be told."""
    flow: Flow
    """Columns of tables whose values it holds."""


Attributes = tuple[Attribute, ...] | None
"""Columns in their order; None if they cannot be told."""


def renewed(attributes: Attributes) -> Attributes:
    """Return copies, as each reference to a table or common table expression has columns of its own."""
    if attributes is None:
        return None
    copies = {each: replace(each) for each in attributes}
    return tuple(copies[each] for each in attributes)


@dataclass(frozen=True)
class Source:
    """A table or subquery in FROM."""

    qualifier: tuple[str, ...]
    """Name by which its columns can be called, in lower case; empty if it has none."""
    attributes: Attributes


@dataclass(frozen=True)
class Found:
    """What a name stands for."""

    attributes: tuple[Attribute, ...]
    """More than one: the name is ambiguous."""
    rest: tuple[str, ...]
    """Members of it that the name goes on to."""


@dataclass
class Scope:
    """The sources of a SELECT."""

    outer: "Scope | None" = None
    sources: list[Source] = field(default_factory=list)
    visible: Attributes = ()
    """Columns that can be called without a qualifier, and that `*` stands for."""
    aliases: dict[str, Attribute] = field(default_factory=dict)
    """Outputs that stand further left, which Spark falls back to."""

    def resolve(self, parts: Sequence[str]) -> Found | None:
        """Return what a name stands for; None if it cannot be told, or stands for nothing."""
        found = self._own(parts)
        if found is not None:
            return found
        if self.visible is None or any(source.attributes is None for source in self.sources):
            return None
        if parts[0] in self.aliases:
            return Found((self.aliases[parts[0]],), tuple(parts[1:]))
        return self.outer.resolve(parts) if self.outer else None

    def is_own(self, parts: Sequence[str]) -> bool:
        """Whether a name stands for a column of a source of this very SELECT."""
        return self._own(parts) is not None

    def expand(self, qualifier: Sequence[str]) -> Attributes:
        """Return what `*`, or `*` of a source, stands for."""
        if not qualifier:
            return self.visible
        found = [source.attributes for source in self._named(tuple(qualifier))]
        return found[0] if len(found) == 1 else None

    def _own(self, parts: Sequence[str]) -> Found | None:
        for size in range(min(_QUALIFIER_MOST, len(parts) - 1), 0, -1):
            sources = self._named(tuple(parts[:size]))
            matches = [_called(source.attributes or (), parts[size]) for source in sources]
            if found := tuple(dict.fromkeys(each for match in matches for each in match)):
                return Found(found, tuple(parts[size + 1 :]))
        found = tuple(dict.fromkeys(_called(self.visible or (), parts[0])))
        return Found(found, tuple(parts[1:])) if found else None

    def _named(self, qualifier: tuple[str, ...]) -> list[Source]:
        return [each for each in self.sources if each.qualifier[-len(qualifier) :] == qualifier]


def _called(attributes: Sequence[Attribute], name: str) -> Iterator[Attribute]:
    return (each for each in attributes if each.name == name)
