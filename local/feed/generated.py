"""Sample data for any source dataset, made from its contract alone, the same on every run.

Each sample knows what it is, so expectations follow from how the data was made, not from parsing it again.
"""

import math
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lakehouse.model.dataset import Dataset, UnknownFields
from lakehouse.targets.iceberg import RESCUED
from local.feed.expected import Expected
from tools.records.faults import faults_of
from tools.records.files.encodings import encoding_of
from tools.records.promises import row_counts, unwanted_texts
from tools.records.rows import Row, Rows
from tools.records.sample import Sample
from tools.records.values import ImpossibleDataError, Values

__all__ = ["GeneratedData", "ImpossibleDataError", "generate"]

_ROWS = 200
_MOST_ROWS = 2000
_CHANGED = 0.1
_REPEATED = 0.05
_STRAY = 0.1


@dataclass(frozen=True)
class GeneratedData:
    """Records of one dataset in the order in which they arrive."""

    dataset: Dataset
    samples: tuple[Sample, ...]
    """Rows hold `_rescued`, too, if the contract asks for it: the unknown fields, not yet as one text."""
    files: tuple[bytes, ...]
    """The same records as files."""

    @property
    def expected(self) -> Expected:
        """What one run must make of them, by the values of the key; without one, by their numbers."""
        valid = [sample.row for sample in self.samples if sample.reason is None]
        rows: dict[Any, Row] = {}
        for number, row in enumerate(valid):
            key = tuple(row[name] for name in self.dataset.key) or number
            if key not in rows or self._is_newer(row, rows[key]):
                rows[key] = row
        rejected = Counter(sample.reason for sample in self.samples if sample.reason is not None)
        return Expected(rows, len(self.samples), len(rows), rejected)

    def _is_newer(self, row: Row, other: Row) -> bool:
        clock = self.dataset.order_by[:1]
        return any(row[name] > other[name] for name in clock if row != other)


def generate(dataset: Dataset) -> GeneratedData:
    """Make records of a source dataset: good ones, repeated and changed ones, and some that are faulty.

    Every kind of fault that the contract makes possible appears once, unless their share would come near the
    one at which the run fails.

    Raises:
        ImpossibleDataError: No record can be made that the contract accepts.
    """
    rng = random.Random(dataset.id)  # noqa: S311 (no secret)
    try:
        return _Maker(dataset, rng).make()
    except ImpossibleDataError as error:
        raise ImpossibleDataError(f"{dataset.source}: {error}") from error


class _Maker:
    def __init__(self, dataset: Dataset, rng: random.Random) -> None:
        self._dataset = dataset
        self._rng = rng
        self._values = Values(rng, unwanted_texts(dataset))
        self._rows = Rows(dataset, self._values)
        self._encoding = encoding_of(dataset, rng)
        self._policy = dataset.ingestion.unknown_fields if dataset.ingestion else UnknownFields.IGNORE

    def make(self) -> GeneratedData:
        faulty = [*self._misfits(), *self._faulty()]
        bad = [sample for sample in faulty if sample.reason not in self._encoding.refused]
        rows = self._rows.fresh(self._count(len(bad)))
        if not rows:
            raise ImpossibleDataError("no row found that satisfies all rules; fix: give `examples` that do")
        valid = [sample for row in rows for sample in self._valid(row)]
        samples = valid + self._rng.sample(valid, round(len(valid) * _REPEATED))
        samples += bad[: self._allowed(len(samples))]
        self._rng.shuffle(samples)
        return GeneratedData(self._dataset, tuple(samples), tuple(self._encoding.files(samples)))

    def _count(self, faults: int) -> int:
        """Rows enough that all faults have room, as far as that is a reasonable number."""
        ratio = self._dataset.max_rejected_ratio
        wanted = math.ceil((faults + 1) * (1 - ratio) / ratio) if ratio else 0
        usual = min(max(wanted, _ROWS), _MOST_ROWS)
        return next(row_counts(self._dataset, usual, _MOST_ROWS), usual)

    def _allowed(self, good: int) -> int:
        """How many records may be faulty beside so many good ones, their share below the contract's gate."""
        ratio = self._dataset.max_rejected_ratio
        return math.ceil(good * ratio / (1 - ratio)) - 1 if 0 < ratio < 1 else good * int(ratio)

    def _valid(self, row: Row) -> Iterator[Sample]:
        pair = self._rows.versions(row) if self._rng.random() < _CHANGED else None
        for version in pair or (row,):
            yield self._sample(version)

    def _sample(self, row: Row) -> Sample:
        stray = self._policy is not UnknownFields.REJECT and self._rng.random() < _STRAY
        unknown = {self._encoding.unknown: self._encoding.stray()} if stray else {}
        record = self._encoding.record({**self._plain(row), **unknown})
        if self._policy is UnknownFields.RESCUE:
            row = {**row, RESCUED.name: unknown or None}
        return Sample(record, None, row)

    def _misfits(self) -> Iterator[Sample]:
        row = self._rows.any()
        for reason, record in self._encoding.misfits(self._plain(row)):
            yield Sample(record, reason, row)

    def _faulty(self) -> Iterator[Sample]:
        for fault in faults_of(self._dataset.fields, self._values, self._encoding):
            row = self._rows.any()
            record = self._encoding.record({**self._plain(row), fault.column: fault.value})
            yield Sample(record, fault.reason, row)

    def _plain(self, row: Row) -> dict[str, Any]:
        return {name: self._encoding.of(name, value) for name, value in row.items()}
