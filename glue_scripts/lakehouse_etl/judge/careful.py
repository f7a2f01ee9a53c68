"""Judges records one by one: the definition of what a record means.

One pass over the records; what a contract says is put together once, into plans per field. Whatever judges
many records at once must come to the same values and verdicts.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa

from lakehouse_etl.judge.fields.faults import BrokenError
from lakehouse_etl.judge.fields.masking import Mask
from lakehouse_etl.judge.fields.plan import FieldPlan
from lakehouse_etl.judge.part import Part, Rejected, Source
from lakehouse_etl.judge.records import Format, Record
from lakehouse_etl.judge.waivers import Waivers

_ROWS = 8192
"""Records of a part."""

_BYTES = 16 * 1024 * 1024
"""Bytes of records after which a part ends, however few they are: Arrow's texts have offsets of 32 bits."""

_Good = tuple[int, Record, Sequence[Any]]
"""Position, record and values."""


class CarefulJudge:
    """Judges the records of one dataset whose objects hold texts."""

    def __init__(
        self,
        form: Format,
        plans: Sequence[FieldPlan],
        *,
        kinds: Sequence[pa.DataType],
        masks: Sequence[Mask],
        schema: pa.Schema,
        waivers: Waivers | None,
    ) -> None:
        """Take what finds records, what judges, types and masks fields, and the columns of good ones."""
        self._kinds = kinds
        self._form, self._masks, self._schema, self._waivers = form, masks, schema, waivers
        self._rescues = len(schema) > len(masks) + 1
        self._judged = [plan.judged for plan in plans]

    def judged(self, source: Source) -> Iterator[Part]:
        """Yield the records of an object, judged, in parts of bounded size."""
        return self.parts(source.uri, enumerate(self._form.records(source), 1))

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
                rejected.append(Rejected(position, error.breach, self._form.raw(record)))
            size += record.size
            if len(good) + len(rejected) >= _ROWS or size >= _BYTES:
                yield self._part(good, rejected)
                good, rejected, size = [], [], 0
        if good or rejected:
            yield self._part(good, rejected)

    def _values(self, given: Sequence[Any]) -> list[Any]:
        return [judged(each) for judged, each in zip(self._judged, given, strict=True)]

    def _part(self, good: Sequence[_Good], rejected: Sequence[Rejected]) -> Part:
        values = zip(*(row for _, _, row in good), strict=True) if good else [()] * len(self._masks)
        columns = zip(self._masks, values, self._kinds, strict=True)
        arrays = [mask(pa.array(each, kind)) for mask, each, kind in columns]
        hashes = [self._form.record_hash(record, row) for _, record, row in good]
        arrays.append(pa.array(hashes, pa.int64()))
        if self._rescues:
            arrays.append(pa.array([record.rescued for _, record, _ in good], pa.string()))
        rows = pa.RecordBatch.from_arrays(arrays, schema=self._schema)
        return Part(rows, pa.array([position for position, _, _ in good], pa.int64()), tuple(rejected))
