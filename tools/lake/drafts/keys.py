"""Searches for the columns that identify a record."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod

from lakehouse.model.fields import Scalar
from tools.lake.drafts.columns.column import Column
from tools.lake.drafts.samples.sample import Rows

_COLUMNS_MAX = 4
_CANDIDATES_MAX = 12
"""Columns that are tried: their combinations, some 800, are tested in seconds."""

_FIRST_ROWS = 5_000
"""Records on which a combination must be unique before all are looked at."""

_VERSIONS_MAX = 10
"""Versions that a record may have on average, if its number repeats and an order column tells them apart."""

_ID, _CODE, _TEXT, _DAY, _NUMBER, _NAME = range(6)
"""How well a column identifies, best first; numbers may be measured, and names change."""
_IDENTIFYING = _DAY

_WORDS = {
    **dict.fromkeys(("id", "uuid", "guid", "key"), _ID),
    **dict.fromkeys(("code", "number", "no", "nr", "sku", "symbol", "isbn", "ean", "iata", "iso"), _CODE),
    **dict.fromkeys(("year", "month", "day", "hour", "date", "time", "week", "quarter"), _DAY),
    **dict.fromkeys(("name", "title", "description", "comment", "text", "note", "url"), _NAME),
}
"""By the last word of a name."""

_LONG_TEXT = 64


_FEW = 10
"""Different records below which a column that only happens to repeat no value is no key."""

_COLLISIONS = 3
"""Records that would share a key by chance, if its columns had nothing to do with each other, from which on
it means something that none does."""


@dataclass(frozen=True)
class Key:
    """Columns that identify a record; none if nothing does."""

    columns: tuple[str, ...]
    check: str
    """What a person should look at."""


def find_key(rows: Rows, columns: Sequence[Column], order: str | None) -> Key:
    """Return the smallest key that holds in the sample, by which no record of it is dropped.

    Repeats of a whole record count for nothing where a column is named as a key is: one that names
    the record repeats it with all the rest. Else, equal records may well be two.

    Args:
        rows: The sample.
        columns: Its columns.
        order: Column that tells the newest version of a record.
    """
    able = [column for column in columns if column.can_be_key]
    distinct = rows.distinct().materialize()
    total, first = len(distinct), distinct.limit(_FIRST_ROWS).materialize()
    repeats = len(rows) - total
    if order and (versioned := _versioned(distinct, able, order)):
        return versioned
    by_name = {column.name: column for column in able}
    accidents: list[set[str]] = []
    for names in _combinations(able, order, total):
        if any(accident <= set(names) for accident in accidents):
            continue
        if all(_repeats(part, names) == 0 for part in (first, distinct)):
            if _may_be_chance([by_name[name] for name in names], total, repeats):
                accidents.append(set(names))  # with more columns it says no more
                continue
            told = f"unique among the {total:,} different records of the sample; is it always?"
            return Key(names, told + (f" {repeats:,} records repeat others whole" if repeats else ""))
    return Key((), _without_key(rows, able))


def _may_be_chance(columns: Sequence[Column], total: int, repeats: int) -> bool:
    """Whether it says little that no two records share these values: more records may well do."""
    ranks = [_rank(column) for column in columns]
    if max(ranks) <= _CODE:
        return False
    if repeats and min(ranks) > _CODE:
        return True
    if len(columns) == 1:
        return ranks[0] > _IDENTIFYING or total < _FEW
    return total**2 / (2 * prod(column.figures.distinct for column in columns)) < _COLLISIONS


def _without_key(rows: Rows, able: Sequence[Column]) -> str:
    """Say why there is no key, and what the nearest one would cost."""
    told = f"no key: no columns, up to {_COLUMNS_MAX}, tell every record of the sample apart for certain"
    lost = _repeats(rows, [column.name for column in able]) if able else 0
    if lost:
        told += f"; by all that can be in a key, merge would drop {lost:,} of {len(rows):,} records"
    return f"{told}; so each record is a row, equal ones too. If there is a key, name it and use merge"


def _versioned(rows: Rows, able: Sequence[Column], order: str) -> Key | None:
    """Return a number that repeats only because a record has versions."""
    numbers = [column for column in able if _rank(column) == _ID and column.name != order]
    best = max(numbers, key=lambda column: column.figures.distinct, default=None)
    if best is None or best.figures.distinct * _VERSIONS_MAX < len(rows):
        return None
    repeats = _repeats(rows, (best.name,))
    if not repeats or _repeats(rows, (best.name, order)):
        return None
    check = f"{repeats:,} records repeat it with another {order}, so the newest one wins: is it so?"
    return Key((best.name,), check)


def _combinations(able: Sequence[Column], order: str | None, total: int) -> Iterator[tuple[str, ...]]:
    """Yield what may be a key: few columns first, and numbers that may be measured only in the end."""
    usable = [column for column in able if column.figures.distinct > 1 or total == 1]
    ranked = sorted(usable, key=lambda column: (column.name == order, _rank(column)))[:_CANDIDATES_MAX]
    identifying = [column for column in ranked if _rank(column) <= _IDENTIFYING and column.name != order]
    for candidates in (identifying, ranked):
        for size in range(1, _COLUMNS_MAX + 1):
            sets = combinations(candidates, size)
            for chosen in sorted(sets, key=lambda each: sum(map(_rank, each))):
                if prod(column.figures.distinct for column in chosen) >= total:
                    yield tuple(column.name for column in able if column in chosen)


def _rank(column: Column) -> int:
    *_, last = column.name.split("_")
    if last in _WORDS:
        return _WORDS[last]
    if column.type is Scalar.STRING:
        return _NAME if column.personal or column.figures.longest > _LONG_TEXT else _TEXT
    return _NUMBER if column.type in (Scalar.INT, Scalar.LONG) else _DAY


def _repeats(rows: Rows, names: Sequence[str]) -> int:
    """Return the number of records that share these values with an earlier one."""
    listed = ", ".join(f'"{name}"' for name in names)
    return len(rows) - len(rows.project(listed).distinct())
