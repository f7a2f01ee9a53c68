"""What both tiers make of the records of a block, put together."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse_etl.judge.part import Part
from lakehouse_etl.judge.records import Record

Carefully = Callable[[str, Iterable[tuple[int, Record]]], Iterator[Part]]
"""Judges records of an object, each with its position, one by one."""

FEW = 64
"""Records that take as long one by one as at once: a column takes its time however short it is."""


@dataclass(frozen=True)
class Clean:
    """Records that are as the contract wants them, whoever judges them."""

    rows: pa.RecordBatch
    """The records, masked, by `Judge.schema`."""
    places: list[int]
    """Where each of them stands among those that were looked at, from 0 and in order; others are doubtful."""

    def doubtful(self, looked_at: int) -> list[int]:
        """Return where those stand that are not clean."""
        return sorted(set(range(looked_at)).difference(self.places))


NOTHING = Clean(pa.RecordBatch.from_arrays([], names=[]), [])


def are_few(records: Sequence[object]) -> bool:
    """Whether records are not worth being judged at once."""
    return len(records) < FEW


def combined(clean: Clean, positions: Sequence[int], careful: Iterator[Part]) -> Iterator[Part]:
    """Return what is clean of a block, and what the careful judge made of the rest, as parts.

    Args:
        clean: From the fast tier.
        positions: Of all that was looked at.
        careful: The others of the same block, in their order.
    """
    if not clean.places:
        return careful
    found = pa.array([positions[at] for at in clean.places], pa.int64())
    return iter((_merged([Part(clean.rows, found, ()), *careful]),))


def _merged(parts: Sequence[Part]) -> Part:
    """Return parts of one block as one, its rows in the order of their positions."""
    rejected = tuple(each for part in parts for each in part.rejected)
    filled = [part for part in parts if part.rows.num_rows]
    if len(filled) == 1:
        return Part(filled[0].rows, filled[0].positions, rejected)
    rows = pa.concat_batches([part.rows for part in filled])
    positions = pa.concat_arrays([part.positions for part in filled])
    order = pc.sort_indices(positions)
    return Part(rows.take(order), positions.take(order), rejected)
