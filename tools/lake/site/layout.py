"""A layered layout: ranks from left to right, one band per group from top to bottom.

Ranks are longest paths; within a rank and band, nodes stand at the mean of what they are joined to
(barycenter ordering). Nothing is left to chance: the same graph always gets the same places.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

GAP = 12
"""Pixels between two nodes of a column."""
BAND_HEAD = 40
"""Pixels above the first node of a band, for its name."""
BAND_FOOT = 16
BAND_GAP = 20

_SWEEPS = 3
"""Times that all ranks are ordered forth and back; later sweeps hardly change anything."""


@dataclass(frozen=True)
class Node:
    """A box to be placed."""

    id: str
    band: str
    rank: int
    height: int


@dataclass(frozen=True)
class Arrangement:
    """Places of the nodes and bands, in pixels from the top."""

    tops: dict[str, float]
    bands: dict[str, tuple[float, float]]
    """Top and height by band."""
    height: float


def arrange(nodes: Sequence[Node], edges: Iterable[tuple[str, str]]) -> Arrangement:
    """Place the nodes; edges lead from lower to higher ranks."""
    return _Arranger(nodes, edges).arrange()


class _Arranger:
    def __init__(self, nodes: Sequence[Node], edges: Iterable[tuple[str, str]]) -> None:
        self._nodes = {node.id: node for node in nodes}
        self._before: dict[str, list[str]] = defaultdict(list)
        self._after: dict[str, list[str]] = defaultdict(list)
        for source, target in edges:
            self._before[target].append(source)
            self._after[source].append(target)
        self._columns: dict[str, dict[int, list[Node]]] = {}
        for node in sorted(nodes, key=lambda node: (node.band, node.rank, node.id)):
            self._columns.setdefault(node.band, {}).setdefault(node.rank, []).append(node)
        self._ranks = sorted({node.rank for node in nodes})
        self._tops: dict[str, float] = {}
        self._bands: dict[str, tuple[float, float]] = {}

    def arrange(self) -> Arrangement:
        height = self._stack_bands()
        for _ in range(_SWEEPS):
            for rank in self._ranks:
                self._order(rank, self._before)
            for rank in reversed(self._ranks):
                self._order(rank, self._after)
        for rank in self._ranks:
            self._settle(rank, self._before)
        for rank in reversed(self._ranks):
            self._settle(rank, self._after)
        return Arrangement(self._tops, self._bands, height)

    def _stack_bands(self) -> float:
        """Place every band below the one before; return where the last one ends."""
        top = 0.0
        for band, columns in self._columns.items():
            inner = max(sum(node.height + GAP for node in column) - GAP for column in columns.values())
            self._bands[band] = (top, BAND_HEAD + inner + BAND_FOOT)
            for column in columns.values():
                self._stack(column, top + BAND_HEAD)
            top += BAND_HEAD + inner + BAND_FOOT + BAND_GAP
        return max(top - BAND_GAP, 0)

    def _stack(self, column: Iterable[Node], top: float) -> None:
        for node in column:
            self._tops[node.id] = top
            top += node.height + GAP

    def _order(self, rank: int, joined: Mapping[str, Sequence[str]]) -> None:
        for band, columns in self._columns.items():
            if rank in columns:
                columns[rank].sort(key=lambda node: (self._wanted(node, joined), node.id))
                self._stack(columns[rank], self._bands[band][0] + BAND_HEAD)

    def _settle(self, rank: int, joined: Mapping[str, Sequence[str]]) -> None:
        """Move the nodes of a rank towards what they are joined to, keeping their order and the band."""
        for band, columns in self._columns.items():
            column = columns.get(rank, [])
            top, height = self._bands[band]
            end = top + BAND_HEAD
            for node in column:
                self._tops[node.id] = max(self._wanted(node, joined), end)
                end = self._tops[node.id] + node.height + GAP
            end = top + height - BAND_FOOT
            for node in reversed(column):
                self._tops[node.id] = min(self._tops[node.id], end - node.height)
                end = self._tops[node.id] - GAP

    def _wanted(self, node: Node, joined: Mapping[str, Sequence[str]]) -> float:
        """Return the top at which a node would stand level with the mean of what it is joined to."""
        centres = [self._tops[each] + self._nodes[each].height / 2 for each in joined.get(node.id, ())]
        return fmean(centres) - node.height / 2 if centres else self._tops[node.id]
