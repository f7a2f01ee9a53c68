"""Judges objects of JSON lines by both tiers: many lines at once, and those that are doubtful one by one."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from lakehouse_etl.judge.json.format import JsonFormat
from lakehouse_etl.judge.json.lines import blocks, filled
from lakehouse_etl.judge.objects import UnreadableError, opened
from lakehouse_etl.judge.part import Part, Source
from lakehouse_etl.judge.vectorised.json_lines import JsonLines
from lakehouse_etl.judge.vectorised.parts import NOTHING, Carefully, are_few, combined


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
        clean = NOTHING if are_few(lines) else self._lines.judged(lines)
        doubtful = clean.doubtful(len(lines))
        found = {at: self._format.records_of(lines[at]) for at in doubtful}
        held = [1] * len(lines)
        for at, records in found.items():
            held[at] = len(records)
        starts = list(accumulate(held, initial=first))
        placed = (each for at, records in found.items() for each in enumerate(records, starts[at]))
        return combined(clean, starts, self._carefully(uri, placed)), starts[-1]
