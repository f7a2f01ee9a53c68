"""Values of any type that satisfy the rules of their column."""

import random
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from lakehouse.model.fields import Array, Checks, Decimal, Field, Map, Scalar, Struct, Type
from tools.records.checks import breaches
from tools.records.examples import read
from tools.records.grid import Grid, grid_of, single
from tools.records.texts import texts

_TRIES = 300
_NULLS = 0.15
_NULLS_INSIDE = 0.1
_EXAMPLES = 0.4
_EDGES = 0.1
_ELEMENTS = 3


class ImpossibleDataError(ValueError):
    """No record can be made for a dataset; the message says which column is in the way, and what helps."""


class Values:
    """Draws values of columns.

    Args:
        rng: Where all chance comes from.
        unwanted: Texts that a column must not hold, by its name.
    """

    def __init__(self, rng: random.Random, unwanted: Mapping[str, frozenset[str]]) -> None:
        self.rng = rng
        self._unwanted = unwanted

    def draw(self, field: Field) -> Any:
        """A value that the contract accepts; sometimes null where it may be."""
        return None if not field.required and self.rng.random() < _NULLS else self.present(field)

    def present(self, field: Field) -> Any:
        """A value that the contract accepts, never null.

        Raises:
            ImpossibleDataError: None was found.
        """
        for value in islice(self._candidates(field), _TRIES):
            if self.accepts(field, value):
                return value
        raise ImpossibleDataError(
            f"column {field.name}: no value found that satisfies all of its rules; "
            "fix: give `examples` that do, or mend the rules"
        )

    def accepts(self, field: Field, value: Any) -> bool:
        """Whether a value that is not null breaks no rule of its column."""
        return self.is_wanted(field, value) and not breaches(field, value)

    def is_wanted(self, field: Field, value: Any) -> bool:
        """Whether a value is none of the texts that the column must not hold."""
        return not isinstance(value, str) or value not in self._unwanted.get(field.name, ())

    def _candidates(self, field: Field) -> Iterator[Any]:
        examples = [value for text in field.examples if (value := read(field.type, text)) is not None]
        drawn = texts(self.rng, field.checks) if field.type is Scalar.STRING else None
        for tried in range(_TRIES):
            # In the second half, whatever is still missing has to come from the examples.
            if examples and (self.rng.random() < _EXAMPLES or tried > _TRIES // 2):
                yield self.rng.choice(examples)
            elif drawn:
                yield next(drawn, None)
            else:
                yield self._of(field.type, field.checks)

    def _of(self, kind: Type, checks: Checks) -> Any:
        match kind:
            case Array(element):
                least = checks.min_length or 0
                most = least + _ELEMENTS if checks.max_length is None else checks.max_length
                count = self.rng.randint(least, min(most, least + _ELEMENTS))
                return [self._inside(element) for _ in range(count)]
            case Map(_, value):
                words = texts(self.rng, Checks())
                return {next(words): self._inside(value) for _ in range(self.rng.randint(0, _ELEMENTS))}
            case Struct(fields):
                return {each.name: self._inside(each.type, each.required, each.examples) for each in fields}
        return self._scalar(kind, checks)

    def _scalar(self, kind: Scalar | Decimal, checks: Checks) -> Any:
        grid = grid_of(kind, checks)
        if grid is not None:
            value = grid.value(self._number(grid, checks))
            return single(value) if kind is Scalar.FLOAT else value
        if kind is Scalar.BOOLEAN:
            return self.rng.random() < 1 / 2
        return (
            self.rng.randbytes(self.rng.randint(1, 12))
            if kind is Scalar.BINARY
            else next(texts(self.rng, checks))
        )

    def _inside(self, kind: Type, required: bool = False, examples: tuple[str, ...] = ()) -> Any:
        if not required and self.rng.random() < _NULLS_INSIDE:
            return None
        known = [value for text in examples if (value := read(kind, text)) is not None]
        return self.rng.choice(known) if known and self.rng.random() < _EXAMPLES else self._of(kind, Checks())

    def _number(self, grid: Grid, checks: Checks) -> int:
        low, high = grid.limits(checks)
        if low > high:
            raise ImpossibleDataError(f"no value lies between the bounds in {checks}; fix: mend them")
        bounded = (low > grid.low, high < grid.high)
        span = self.rng.choice(grid.spans)
        first = low if bounded[0] else max(low, high - span if bounded[1] else grid.start)
        last = high if bounded[1] else min(high, first + span)
        edges = [edge for edge, given in zip((low, high), bounded, strict=True) if given]
        if edges and self.rng.random() < _EDGES:
            return self.rng.choice(edges)
        number = self.rng.randint(first, last)
        return max(first, number - number % self.rng.choice(grid.steps))
