"""Which rules do not count for a record that tells a change of a database table."""

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from lakehouse_etl.contract.changes import DELETED, of_load
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.judge.fields.plan import FieldPlan


class Waivers:
    """Knows which rules do not count for a record that tells a change of a database table.

    A delete brings its key alone where the source logs no more (PostgreSQL by default), and a row of a full
    load has no place in the order of changes.
    """

    def __init__(self, dataset: Dataset, written: Dataset, plans: Sequence[FieldPlan]) -> None:
        """Take the dataset, the fields that its files have, and their plans."""
        assert dataset.changes is not None  # noqa: S101 (who asks has seen that)
        names = [field.name for field in written.fields]
        rest = {field.name for field in dataset.fields} - set(dataset.key)
        self._operation = names.index(dataset.changes.operation)
        self._sequence = names.index(dataset.changes.sequence)
        self._of_delete = [name in rest for name in names]
        self._plans = plans

    def judged_in(self, uri: str) -> Callable[[Sequence[Any]], list[Any]]:
        """Return what judges the records of an object."""
        always, on_delete = self._free(uri)

        def judged(given: Sequence[Any]) -> list[Any]:
            operation = self._plans[self._operation].waived(given[self._operation])
            waived = on_delete if operation == DELETED else always
            return [
                plan.waived(each) if free else plan.judged(each)
                for plan, each, free in zip(self._plans, given, waived, strict=True)
            ]

        return judged

    def rows_in(self, uri: str, values: Sequence[pa.Array]) -> list[frozenset[int]]:
        """Return for each field the rows of columns of an object in which its rules do not count."""
        rows = range(len(values[self._operation]))
        operations = zip(rows, values[self._operation].to_pylist(), strict=True)
        deletes = frozenset(row for row, operation in operations if operation == DELETED)
        return [
            frozenset(rows) if one else deletes if other else frozenset()
            for one, other in zip(*self._free(uri), strict=True)
        ]

    def _free(self, uri: str) -> tuple[list[bool], list[bool]]:
        """Return for each field whether its rules never count in an object, and whether not for a delete."""
        always = [of_load(uri) and at == self._sequence for at in range(len(self._plans))]
        return always, [one or other for one, other in zip(always, self._of_delete, strict=True)]
