"""Whose records are to go: identifiers by kind, as contracts name the kinds in `lake.subject`."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import typer

from config.faults import nearest, one_of
from lakehouse.layout.cdc import BEFORE, is_replica
from lakehouse.model.dataset import Dataset, Lake
from lakehouse.model.fields import Field, members

_ODD = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Person:
    """One person; never shown, since whoever is to be erased is to stand in no log."""

    identifiers: Mapping[str, frozenset[str]] = field(repr=False)
    """Identifiers, one or more, by kind."""

    def names(self, kind: str, value: object) -> bool:
        """Whether a value of a column or member of the kind is one of the person's identifiers."""
        if value is None or isinstance(value, bool):
            return False
        text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
        if text.strip() in self.identifiers.get(kind, ()):
            return True
        numbers = self._numbers.get(kind, ())
        return bool(numbers) and _whole(text) in numbers

    def is_in(self, text: str) -> bool:
        """Whether a text mentions an identifier as a whole word."""
        return self._words.search(text) is not None

    def hidden(self, text: str, word: str) -> str:
        """Return a text with a word in the place of each identifier that it mentions."""
        return self._words.sub(word, text)

    @cached_property
    def _numbers(self) -> Mapping[str, Collection[int | None]]:
        """Identifiers that are whole numbers, by kind."""
        found = {kind: {_whole(each) for each in some} for kind, some in self.identifiers.items()}
        return {kind: some - {None} for kind, some in found.items()}

    @cached_property
    def _words(self) -> re.Pattern[str]:
        values = {value for some in self.identifiers.values() for value in some}
        # As the landing router writes names: `landing_router.logic`.
        values |= {_ODD.sub("-", value).strip("-._") for value in values} - {""}
        words = "|".join(map(re.escape, sorted(values, key=len, reverse=True)))
        return re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])")


@dataclass(frozen=True)
class Place:
    """Where records of a dataset name somebody."""

    kind: str
    path: tuple[str, ...]
    """Names in the source, of the column first."""

    def values(self, record: Mapping[str, Any]) -> Iterator[object]:
        """Yield what a record has there, whatever the case of names, of each element and value."""
        return _values(record, self.path)


def person_of(given: Iterable[str], lake: Lake) -> Person:
    """Read identifiers, each as `<kind>=<value>`.

    Raises:
        typer.BadParameter: One is no such thing, or no contract has its kind; the message shows no value.
    """
    known, found, faults = kinds(lake), dict[str, set[str]](), []
    for number, text in enumerate(filter(None, map(str.strip, given)), 1):
        kind, separator, value = (part.strip() for part in text.partition("="))
        if not separator or not value:
            faults.append(f"identifier {number}: got no <kind>=<value>")
        elif kind not in known:
            faults.append(f"identifier {number}: got the kind {kind}; {nearest(kind, known)}")
        else:
            found.setdefault(kind, set()).add(value)
    if faults or not found:
        raise typer.BadParameter(
            f"{'; '.join(faults) or 'got no identifier'}; allowed: <kind>=<value>, one a line of standard "
            f"input or an argument each; kinds that contracts name in lake.subject: {one_of(known)}"
        )
    return Person({kind: frozenset(values) for kind, values in found.items()})


def kinds(lake: Lake) -> set[str]:
    """Return the kinds of identifiers that contracts name."""
    return {place.kind for dataset in lake.datasets for place in places(dataset)}


def places(dataset: Dataset) -> tuple[Place, ...]:
    """Return where records of a dataset name somebody."""
    found = [*_places(dataset.fields, ())]
    if is_replica(dataset):  # a change of a key tells what it was before
        columns = {each.source_name for each in dataset.fields if each.name in dataset.key}
        before = [place for place in found if len(place.path) == 1 and place.path[0] in columns]
        found += [Place(place.kind, (f"{BEFORE}{place.path[0]}",)) for place in before]
    return tuple(found)


def concerned(lake: Lake, person: Person) -> list[Dataset]:
    """Return the datasets whose records name somebody by an identifier of a kind that is given."""
    given: Collection[str] = person.identifiers.keys()
    return [each for each in lake.datasets if any(place.kind in given for place in places(each))]


def _places(fields: Iterable[Field], above: tuple[str, ...]) -> Iterator[Place]:
    for each in fields:
        path = (*above, each.source_name.strip())
        if each.subject is not None:
            yield Place(each.subject, path)
        yield from _places(members(each.type), path)


def _values(value: Any, path: tuple[str, ...]) -> Iterator[object]:
    if isinstance(value, list | tuple):  # also entries of maps, as Arrow has them
        for each in value:
            yield from _values(each, path)
    elif isinstance(value, dict):
        yield from _inside(value, path)
    elif not path:
        yield value


def _inside(value: dict[Any, Any], path: tuple[str, ...]) -> Iterator[object]:
    name = path[0].casefold() if path else None
    own = [inner for key, inner in value.items() if str(key).strip().casefold() == name]
    for inner in own:
        yield from _values(inner, path[1:])
    if not own:  # a map: the path goes on in its values
        for inner in value.values():
            yield from _values(inner, path)


def _whole(text: str) -> int | None:
    """Return the whole number that a text is, however many zeros it begins with."""
    stripped = text.strip()
    return int(stripped) if re.fullmatch(r"[+-]?[0-9]{1,40}", stripped) else None
