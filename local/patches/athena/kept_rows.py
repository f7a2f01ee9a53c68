"""Rows of an answer, kept small until somebody asks for them, since executions are never forgotten.

As an object of Python a cell takes some sixty bytes beside its text: where each persona had asked for each
table of the demonstration, that was six gigabytes.
"""

import json
import zlib
from collections.abc import Sequence
from typing import overload

Row = Sequence[str | None]

_PAGE = 1000
"""Rows that are packed together; Athena gives as many at a time at most."""


class KeptRows(Sequence[Row]):
    """Rows that are unpacked where they are read."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._count = len(rows)
        starts = range(0, len(rows), _PAGE)
        self._pages = [_pack(rows[start : start + _PAGE]) for start in starts]

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> Row: ...

    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...

    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        if isinstance(at, int):
            return self._read(range(self._count)[at : at + 1 or None])[0]
        return self._read(range(self._count)[at])

    def _read(self, wanted: range) -> list[Row]:
        found: list[Row] = []
        page, unpacked = -1, list[Row]()
        for number in wanted:
            if number // _PAGE != page:
                page = number // _PAGE
                unpacked = json.loads(zlib.decompress(self._pages[page]))
            found.append(unpacked[number % _PAGE])
        return found


def _pack(rows: Sequence[Row]) -> bytes:
    return zlib.compress(json.dumps([list(row) for row in rows]).encode(), 1)
