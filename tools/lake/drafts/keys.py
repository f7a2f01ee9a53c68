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

_ID, _CODE, _DAY, _TEXT, _NUMBER, _NAME = range(6)
"""How well a column identifies, best first; numbers may be measured, and names change."""
_IDENTIFYING = _TEXT

_WORDS = {
    **dict.fromkeys(("id", "uuid", "guid", "key"), _ID),
    **dict.fromkeys(("code", "number", "no", "nr", "sku", "symbol", "isbn", "ean", "iata", "iso"), _CODE),
    **dict.fromkeys(("year", "month", "day", "hour", "date", "time", "week", "quarter"), _DAY),
    **dict.fromkeys(("name", "title", "description", "comment", "text", "note", "url"), _NAME),
}
"""By the last word of a name."""

_LONG_TEXT = 64


@dataclass(frozen=True)
class Key:
    """Columns that identify a record."""

    columns: tuple[str, ...]
    check: str
    """What a person should look at."""


def find_key(rows: Rows, columns: Sequence[Column], order: str | None) -> Key | None:
    """Return the smallest key that holds in the sample; None if no column can be part of one.

    Exact repeats of a record do not count: jobs drop them.

    Args:
        rows: The sample.
        columns: Its columns.
        order: Column that tells the newest version of a record.
    """
    able = [column for column in columns if column.can_be_key]
    distinct = rows.distinct().materialize()
    total, first = len(distinct), distinct.limit(_FIRST_ROWS).materialize()
    if order and (versioned := _versioned(distinct, able, order)):
        return versioned
    for names in _combinations(able, order, total):
        if all(_repeats(part, names) == 0 for part in (first, distinct)):
            return Key(names, f"unique among the {total:,} different records of the sample; is it always?")
    if not able:
        return None
    names = tuple(column.name for column in able)
    lost = _repeats(distinct, names)
    check = (
        f"no key of up to {_COLUMNS_MAX} columns was found, so this is every column that may be in one; "
        f"{lost:,} of {total:,} records share it with another and are dropped: name a key, or have one added"
    )
    return Key(names, check if lost else check.partition("; ")[0] + ": name a key, or have one added")


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
