"""Judges objects of JSON lines by both tiers: what the fast one doubts goes to the careful one, line by line."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse_etl.judge.json.format import JsonFormat
from lakehouse_etl.judge.json.lines import blocks, filled
from lakehouse_etl.judge.objects import UnreadableError, opened
from lakehouse_etl.judge.part import Part, Source
from lakehouse_etl.judge.records import Record
from lakehouse_etl.judge.vectorised.json_lines import JsonLines

Carefully = Callable[[str, Iterable[tuple[int, Record]]], Iterator[Part]]
"""Judges records of an object, each with its position, one by one."""


class JsonTier:
    """Judges the objects of one dataset."""

    def __init__(self, form: JsonFormat, lines: JsonLines, carefully: Carefully) -> None:
        """Take what finds records in doubtful lines, what judges lines at once, and the careful judge."""
        self._format = form
        self._lines = lines
        self._carefully = carefully

    def judged(self, source: Source) -> Iterator[Part]:
        """Yield the records of an object, judged, a block of its text at a time."""
        try:
            stream = opened(source)
        except UnreadableError:
            yield from self._carefully(source.uri, enumerate(self._format.records(source), 1))
            return
        position = 1
        with stream:
            for block in blocks(stream):
                parts, position = self._judged(source.uri, filled(block), position)
                yield from parts

    def _judged(self, uri: str, lines: Sequence[bytes], first: int) -> tuple[Iterable[Part], int]:
        """Return the records of some lines, judged, and the position after the last one."""
        clean = self._lines.judged(lines)
        doubtful = sorted(set(range(len(lines))).difference(clean.places))
        found = {at: self._format.records_of(lines[at]) for at in doubtful}
        held = [1] * len(lines)
        for at, records in found.items():
            held[at] = len(records)
        starts = list(accumulate(held, initial=first))
        placed = (each for at, records in found.items() for each in enumerate(records, starts[at]))
        careful = self._carefully(uri, placed)
        if not clean.places:
            return careful, starts[-1]
        positions = pa.array([starts[at] for at in clean.places], pa.int64())
        return (_merged([Part(clean.rows, positions, ()), *careful]),), starts[-1]


def _merged(parts: Sequence[Part]) -> Part:
    """Return parts of the same block as one, its rows in the order of their positions."""
    rejected = tuple(each for part in parts for each in part.rejected)
    filled_parts = [part for part in parts if part.rows.num_rows]
    if len(filled_parts) == 1:
        return Part(filled_parts[0].rows, filled_parts[0].positions, rejected)
    rows = pa.concat_batches([part.rows for part in filled_parts])
    positions = pa.concat_arrays([part.positions for part in filled_parts])
    order = pc.sort_indices(positions)
    return Part(rows.take(order), positions.take(order), rejected)
