"""Judges the records of objects by their contract: the definition of what a record means.

One pass over the records; what a contract says is put together once, into plans per field. Other readers,
such as a faster one for records without doubt, must come to the same values and verdicts.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa

from lakehouse_etl.contract.changes import DELETED, as_written, of_load
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.judge.csv.format import CsvFormat
from lakehouse_etl.judge.fields.arrow_types import judged_schema
from lakehouse_etl.judge.fields.faults import BrokenError
from lakehouse_etl.judge.fields.masking import masked_column
from lakehouse_etl.judge.fields.plan import FieldPlan
from lakehouse_etl.judge.json.format import JsonFormat
from lakehouse_etl.judge.part import Part, Rejected, Source
from lakehouse_etl.judge.records import Format, Record
from lakehouse_etl.judge.vectorised.tier import tier_of

_ROWS = 8192
"""Records of a part."""

_BYTES = 16 * 1024 * 1024
"""Bytes of records after which a part ends, however few they are: Arrow's texts have offsets of 32 bits."""

_FORMATS: dict[str, Callable[[Dataset], Format]] = {"csv": CsvFormat, "json": JsonFormat}

_Good = tuple[int, Record, Sequence[Any]]
"""Position, record and values."""


class Judge:
    """Judges the records of one dataset."""

    def __init__(self, dataset: Dataset, masking_key: bytes | None) -> None:
        """Take the dataset, and the key that hashed fields need.

        Raises:
            ValueError: A field is to be hashed, and there is no key.
        """
        changes = dataset.changes
        written = dataset if changes is None else as_written(dataset, changes)
        self.format = _FORMATS[dataset.bronze.format](written)
        self.plans = tuple(FieldPlan(field, self.format.reader(field)) for field in written.fields)
        self.breaches = (*self.format.forms, *(breach for plan in self.plans for breach in plan.breaches))
        """Every way to break the contract, in order of judgement."""
        self.schema = judged_schema(written, deletes=changes is not None)
        """The fields, then the record hash, then what is rescued."""
        self._columns = [masked_column(field, masking_key) for field in written.fields]
        self._rescues = dataset.rescues
        self._judged = [plan.judged for plan in self.plans]
        self._waivers = None if changes is None else _Waivers(dataset, written, self.plans)
        self._tier = tier_of(written, self.format, self.schema, masking_key, self.parts)

    def judged(self, source: Source) -> Iterator[Part]:
        """Yield the records of an object, judged, in parts of bounded size.

        Records without doubt are judged many at once, where the contract lets them.
        """
        return self.carefully(source) if self._tier is None else self._tier.judged(source)

    def carefully(self, source: Source) -> Iterator[Part]:
        """Yield the records of an object, each judged by itself: what `judged` must come to."""
        return self.parts(source.uri, enumerate(self.format.records(source), 1))

    def parts(self, uri: str, records: Iterable[tuple[int, Record]]) -> Iterator[Part]:
        """Yield records of an object, each with its position, judged, in parts of bounded size."""
        judged = self._values if self._waivers is None else self._waivers.judged_in(uri)
        good: list[_Good] = []
        rejected: list[Rejected] = []
        size = 0
        for position, record in records:
            try:
                if record.breach is not None:
                    raise BrokenError(record.breach)
                good.append((position, record, judged(record.given)))
            except BrokenError as error:
                rejected.append(Rejected(position, error.breach, self.format.raw(record)))
            size += record.size
            if len(good) + len(rejected) >= _ROWS or size >= _BYTES:
                yield self._part(good, rejected)
                good, rejected, size = [], [], 0
        if good or rejected:
            yield self._part(good, rejected)

    def _values(self, given: Sequence[Any]) -> list[Any]:
        return [judged(each) for judged, each in zip(self._judged, given, strict=True)]

    def _part(self, good: Sequence[_Good], rejected: Sequence[Rejected]) -> Part:
        values = zip(*(row for _, _, row in good), strict=True) if good else [()] * len(self._columns)
        arrays = [column(each) for column, each in zip(self._columns, values, strict=True)]
        hashes = [self.format.record_hash(record, row) for _, record, row in good]
        arrays.append(pa.array(hashes, pa.int64()))
        if self._rescues:
            arrays.append(pa.array([record.rescued for _, record, _ in good], pa.string()))
        rows = pa.RecordBatch.from_arrays(arrays, schema=self.schema)
        return Part(rows, pa.array([position for position, _, _ in good], pa.int64()), tuple(rejected))


class _Waivers:
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
        always = [of_load(uri) and at == self._sequence for at in range(len(self._plans))]
        on_delete = [one or other for one, other in zip(always, self._of_delete, strict=True)]

        def judged(given: Sequence[Any]) -> list[Any]:
            operation = self._plans[self._operation].waived(given[self._operation])
            waived = on_delete if operation == DELETED else always
            return [
                plan.waived(each) if free else plan.judged(each)
                for plan, each, free in zip(self._plans, given, waived, strict=True)
            ]

        return judged
