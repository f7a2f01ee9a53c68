"""What rows differ from those that were expected, cell by cell."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

from tools.cli.rows import whole_text

Row = tuple[str, ...]
"""Values as texts; equal ones have the same."""


@dataclass(frozen=True)
class Difference:
    """A row that is not as expected."""

    kind: Literal["changed", "missing", "unexpected"]
    expected: Row | None
    got: Row | None

    @property
    def cells(self) -> tuple[str, ...]:
        """The row, with `expected → got` where both have it and differ."""
        if self.expected is None or self.got is None:
            return self.expected or self.got or ()
        pairs = zip(self.expected, self.got, strict=True)
        return tuple(one if one == other else f"{one} → {other}" for one, other in pairs)


def differences(expected: pa.Table, got: pa.Table, key: Sequence[str]) -> list[Difference]:
    """Compare rows in any order; a row is compared with that of its key, or else with the most similar one.

    Args:
        expected: Its columns are those that are compared.
        got: Has these columns, and maybe others.
        key: Columns of the key; of no use unless all of them are compared.
    """
    names = expected.column_names
    wanted, found = _texts(expected), _texts(got.select(names))
    missing, unexpected = _minus(wanted, found), _minus(found, wanted)
    places = [names.index(name) for name in key if name in names]
    by_key = bool(places) and len(places) == len(key)
    result = []
    for row in missing:
        partner = _of_key(row, unexpected, places) if by_key else _most_similar(row, unexpected)
        if partner is None:
            result.append(Difference("missing", row, None))
        else:
            unexpected.remove(partner)
            result.append(Difference("changed", row, partner))
    return [*result, *(Difference("unexpected", None, row) for row in unexpected)]


def _texts(rows: pa.Table) -> list[Row]:
    columns = [[_text(value) for value in rows[name].to_pylist()] for name in rows.column_names]
    return list(zip(*columns, strict=True)) if columns else [()] * rows.num_rows


def _text(value: Any) -> str:
    """Write a value; a float as far as sums in any order agree."""
    return f"{value:.12g}" if isinstance(value, float) else whole_text(value)


def _minus(rows: Iterable[Row], others: Iterable[Row]) -> list[Row]:
    return sorted((Counter(rows) - Counter(others)).elements())


def _of_key(row: Row, others: Iterable[Row], places: Sequence[int]) -> Row | None:
    return next((each for each in others if all(each[at] == row[at] for at in places)), None)


def _most_similar(row: Row, others: Sequence[Row]) -> Row | None:
    def alike(other: Row) -> int:
        return sum(one == two for one, two in zip(row, other, strict=True))

    best = max(others, key=alike, default=None)
    return best if best is not None and alike(best) else None
