"""Judges the columns of one field: by the plan of its values, equal values once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse_etl.contract.model import Checks, Field
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.contract.types import Nested
from lakehouse_etl.judge.fields.arrow_types import as_read
from lakehouse_etl.judge.fields.faults import BrokenError, NoValueError
from lakehouse_etl.judge.fields.lists import is_list, items_of
from lakehouse_etl.judge.fields.plan import FieldPlan
from lakehouse_etl.judge.fields.rules import value_rules
from lakehouse_etl.judge.parquet.typed import Typed, rows_of

_LOST, _GREAT = NoValueError("wrong_type"), NoValueError("overflow")
"""What a plan is given for a value that is lost."""


def read_given(given: Any) -> Any:
    """Return a value that was read with its column.

    Raises:
        NoValueError: It was lost.
    """
    if isinstance(given, NoValueError):
        raise given
    return given


class ColumnPlan:
    """Judges columns of one field."""

    def __init__(self, field: Field, plan: FieldPlan) -> None:
        """Take the field, and the plan of its values; the reader of it is `read_given`."""
        self._plan = plan
        self._is_nested = isinstance(field.type, Nested)
        self._has_rules = any(True for _ in value_rules(field))
        rest = replace(
            field.checks, minimum=None, maximum=None, exclusive_minimum=None, exclusive_maximum=None
        )
        self._has_limits_alone = rest == Checks() and not self._is_nested
        self._has_checks = field.checks != Checks()

    def faults(self, source: pa.Array, column: Typed) -> Mapping[int, Breach]:
        """Return by row the first rule that a value breaks."""
        found = self._of_values(column.values) if self._has_rules else {}
        nulls = self._breach(None)
        if nulls is not None:
            found |= dict.fromkeys(rows_of(source.is_null()), nulls)
        for rows, given in ((column.lost, _LOST), (column.great, _GREAT)):
            if rows and (breach := self._breach(given)) is not None:
                found |= dict.fromkeys(rows, breach)
        return found

    def _breach(self, given: Any) -> Breach | None:
        try:
            self._plan.judged(given)
        except BrokenError as error:
            return error.breach
        return None

    def _of_values(self, values: pa.Array) -> dict[int, Breach]:
        if self._is_nested:
            if not self._has_checks and not _has_null_inside(values):
                return {}
            return self._broken(range(len(values)), values)
        values = as_read(values)
        if self._has_limits_alone:
            ends = pc.min_max(values)
            if not self._broken((0, 1), pa.array([ends["min"].as_py(), ends["max"].as_py()], values.type)):
                return {}
        coded = values.dictionary_encode()
        by_code = self._broken(range(len(coded.dictionary)), coded.dictionary)
        codes = enumerate(coded.indices.to_pylist() if by_code else ())
        return {row: by_code[code] for row, code in codes if code in by_code}

    def _broken(self, places: Sequence[int], values: pa.Array) -> dict[int, Breach]:
        """Return by place what a value breaks; nulls are left aside."""
        given = zip(places, values.to_pylist(), strict=True)
        found = ((place, None if value is None else self._breach(value)) for place, value in given)
        return {place: breach for place, breach in found if breach is not None}


def _has_null_inside(values: pa.Array) -> bool:
    """Whether there is a null somewhere inside a nested value: else nothing that is required lacks."""
    kind = values.type
    if pa.types.is_struct(kind):
        return any(map(_has_null, _members(values)))
    if is_list(kind) or pa.types.is_map(kind):
        return _has_null(items_of(values).values)
    return False


def _members(values: pa.StructArray) -> list[pa.Array]:
    """Return the members of structs that are there."""
    there: list[pa.Array] = values.drop_null().flatten()
    return there


def _has_null(values: pa.Array) -> bool:
    return values.null_count > 0 or _has_null_inside(values)
