"""Rows of a dataset, of which no two share what must be unique."""

from collections.abc import Iterator, Mapping
from typing import Any

from lakehouse.model.dataset import Dataset, Write
from lakehouse.model.fields import Field
from tools.records.promises import promised_fields, unique_columns
from tools.records.values import Values

Row = Mapping[str, Any]

_TRIES = 60


class Rows:
    """Makes rows of typed values by column."""

    def __init__(self, dataset: Dataset, values: Values) -> None:
        self._fields = promised_fields(dataset)
        self._unique = unique_columns(dataset)
        self._seen: list[set[tuple[Any, ...]]] = [set() for _ in self._unique]
        self._values = values
        self._clock = _clock(dataset, self._fields)

    def fresh(self, count: int) -> list[Row]:
        """Rows with keys of their own; fewer than asked for if there are no more keys."""
        rows = (self._accepted(dict(self._draw())) for _ in range(count))
        return [row for row in rows if row is not None]

    def any(self) -> Row:
        """A row that may share with others what must be unique."""
        return dict(self._draw())

    def versions(self, row: Row) -> tuple[Row, Row] | None:
        """A row and another version of it, the older first; None if nothing tells which is newer."""
        if self._clock is None:
            return None
        fixed = {name for columns in self._unique for name in columns} - {self._clock.name}
        for _ in range(_TRIES):
            other = {name: row[name] if name in fixed else value for name, value in self._draw()}
            other[self._clock.name] = self._values.present(self._clock)
            mine, theirs = row[self._clock.name], other[self._clock.name]
            if mine is not None and mine != theirs and self._is_new(other, changed=self._clock.name):
                return (row, other) if mine < theirs else (other, row)
        return None

    def _draw(self) -> Iterator[tuple[str, Any]]:
        return ((field.name, self._values.draw(field)) for field in self._fields)

    def _accepted(self, row: dict[str, Any]) -> Row | None:
        """The row with as many columns drawn again as it takes to be unlike all others."""
        for _ in range(_TRIES):
            if self._is_new(row):
                return row
            names = {name for columns in self._unique for name in columns}
            row |= {field.name: self._values.draw(field) for field in self._fields if field.name in names}
        return None

    def _is_new(self, row: Row, changed: str | None = None) -> bool:
        """Whether a row shares nothing that must be unique with the rows so far, of which it is one then."""
        shares = [
            (seen, tuple(None if row[name] is None else repr(row[name]) for name in columns))
            for seen, columns in zip(self._seen, self._unique, strict=True)
            if changed is None or changed in columns
        ]
        if any(values in seen for seen, values in shares):
            return False
        for seen, values in shares:
            if None not in values:
                seen.add(values)
        return True


def _clock(dataset: Dataset, fields: tuple[Field, ...]) -> Field | None:
    """The column that tells which version of a key is newer, as far as chance may choose it."""
    if not dataset.order_by or dataset.write is Write.APPEND or dataset.order_by[0] in dataset.key:
        return None
    [clock] = [field for field in fields if field.name == dataset.order_by[0]]
    return clock if clock.masking is None else None
