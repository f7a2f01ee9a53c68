"""Judges the records of Parquet files, column by column."""

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.contract.reasons import KEPT_CHARACTERS, MAX_RECORD_BYTES, Breach
from lakehouse_etl.contract.types import Nested
from lakehouse_etl.judge.fields.masking import Mask
from lakehouse_etl.judge.fields.plan import FieldPlan
from lakehouse_etl.judge.fields.texts import texts_reader
from lakehouse_etl.judge.objects import UNREADABLE, UnreadableError
from lakehouse_etl.judge.parquet.columns import typed
from lakehouse_etl.judge.parquet.file import ParquetObject
from lakehouse_etl.judge.parquet.form import ParquetForm
from lakehouse_etl.judge.parquet.hashes import record_hashes
from lakehouse_etl.judge.parquet.layout import Layout, layout_of
from lakehouse_etl.judge.parquet.plain import leaves, plain
from lakehouse_etl.judge.parquet.plans import ColumnPlan
from lakehouse_etl.judge.parquet.readable import json_objects
from lakehouse_etl.judge.parquet.typed import NONE
from lakehouse_etl.judge.part import Part, Rejected, Source
from lakehouse_etl.judge.waivers import Waivers


class FileJudge:
    """Judges the files of one dataset."""

    def __init__(
        self,
        dataset: Dataset,
        form: ParquetForm,
        plans: Sequence[FieldPlan],
        *,
        masks: Sequence[Mask],
        schema: pa.Schema,
        waivers: Waivers | None,
    ) -> None:
        """Take the dataset with the fields that its files have, and what judges and masks them."""
        self._dataset, self._form, self._schema = dataset, form, schema
        self._plans = [ColumnPlan(field, plan) for field, plan in zip(dataset.fields, plans, strict=True)]
        self._texts = [
            None if isinstance(each.type, Nested) else texts_reader(each) for each in dataset.fields
        ]
        self._masks, self._waivers = masks, waivers

    def judged(self, source: Source) -> Iterator[Part]:
        """Yield the records of a file, judged, in parts of bounded size; one that cannot be read is one."""
        try:
            file = ParquetObject(source.content)
            batches = file.batches()
        except UnreadableError as error:
            rejected = Rejected(1, UNREADABLE, None, str(error) or None)
            yield Part(pa.RecordBatch.from_pylist([], self._schema), pa.array([], pa.int64()), (rejected,))
            return
        layout, said = layout_of(file.schema, self._dataset), leaves(file.columns)
        first = 1
        for batch in batches:
            leaf = iter(said)
            columns = [plain(column, leaf) for column in batch.columns]
            yield self._part(source.uri, layout, columns, range(first, first + batch.num_rows))
            first += batch.num_rows

    def _part(self, uri: str, layout: Layout, columns: Sequence[pa.Array], positions: range) -> Part:
        faults = dict(self._form.broken(layout, columns, len(positions)))
        left = [row for row in range(len(positions)) if row not in faults]
        sources = _taken(columns, left) if faults else columns
        values, broken = self._values(uri, layout, sources, len(left))
        good = [at for at in range(len(left)) if at not in broken]
        if broken:
            values, sources = _taken(values, good), _taken(sources, good)
            faults |= {left[at]: breach for at, breach in broken.items()}
        rows = self._rows(layout, values, sources, len(good))
        places = pa.array([positions[left[at]] for at in good], pa.int64())
        return Part(rows, places, tuple(_rejected(layout, columns, positions, faults)))

    def _values(
        self, uri: str, layout: Layout, sources: Sequence[pa.Array], rows: int
    ) -> tuple[Sequence[pa.Array], Mapping[int, Breach]]:
        """Return the values of all fields, and by row the first rule that one of them breaks."""
        nulls = pa.nulls(rows)
        given = [
            sources[layout.places[name]] if name in layout.places else nulls
            for name in (field.source_name for field in self._dataset.fields)
        ]
        found = [
            typed(source, field.type, read)
            for field, source, read in zip(self._dataset.fields, given, self._texts, strict=True)
        ]
        values = [column.values for column in found]
        waived = self._waivers.rows_in(uri, values) if self._waivers else [NONE] * len(values)
        broken: dict[int, Breach] = {}
        for plan, source, column, free in zip(self._plans, given, found, waived, strict=True):
            for row, breach in plan.faults(source, column).items():
                if row not in free:
                    broken.setdefault(row, breach)
        return values, broken

    def _rows(
        self, layout: Layout, values: Sequence[pa.Array], sources: Sequence[pa.Array], rows: int
    ) -> pa.RecordBatch:
        fields = self._dataset.fields
        arrays = [mask(column) for mask, column in zip(self._masks, values, strict=True)]
        arrays.append(record_hashes([field.name for field in fields], values, rows))
        if self._dataset.rescues:
            unknown = [(name, sources[at]) for name, at in layout.unknown]
            arrays.append(pa.array(json_objects(unknown, rows, nulls=False), pa.string()))
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)


def _taken(columns: Sequence[pa.Array], rows: Sequence[int]) -> Sequence[pa.Array]:
    places = pa.array(rows, pa.int64())
    return [column.take(places) for column in columns]


def _rejected(
    layout: Layout, columns: Sequence[pa.Array], positions: range, faults: Mapping[int, Breach]
) -> Iterator[Rejected]:
    rows = sorted(faults)
    raws = json_objects(list(zip(layout.names, _taken(columns, rows), strict=True)), len(rows), nulls=True)
    cause = ", ".join(layout.repeated) or None
    for row, raw in zip(rows, raws, strict=True):
        kept = raw if raw is None or len(raw) <= MAX_RECORD_BYTES else raw[:KEPT_CHARACTERS]
        yield Rejected(positions[row], faults[row], kept, cause)
