"""Drawings of the lineage: what reads what, from sources over bronze and silver to gold."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from lakehouse.model.dataset import Dataset
from tools.lake.site.layout import Node, arrange
from tools.lake.site.lineage import Lineage
from tools.lake.site.words import title

BOX_WIDTH, BOX_HEIGHT = 216, 48
SOURCE_LEFT, SOURCE_WIDTH = 16, 84
BRONZE_LEFT, BRONZE_WIDTH = 124, 76
BOX_LEFT = 224
"""Where the boxes of silver tables begin: the source and bronze of each stand left of it."""

_RANK_WIDTH = BOX_WIDTH + 96
_RIGHT = 40
_LANE = 8
"""Height of the lane that an edge keeps free where it passes a rank."""
_TITLE_MAX, _NAME_MAX = 24, 28
"""Characters that fit into a box in any usual font."""


@dataclass(frozen=True)
class Box:
    """A dataset in a drawing; a source dataset has its source and bronze beside it."""

    dataset: Dataset
    title: str
    name: str
    left: float
    top: float


@dataclass(frozen=True)
class Edge:
    """A line between two boxes."""

    source: str
    target: str
    path: str
    """SVG path data."""
    note: str


@dataclass(frozen=True)
class Band:
    """The datasets of one domain."""

    domain: str
    top: float
    height: float


@dataclass(frozen=True)
class Drawing:
    """Everything that the SVG shows, in pixels."""

    width: float
    height: float
    bands: tuple[Band, ...]
    boxes: tuple[Box, ...]
    reads: tuple[Edge, ...]
    refers: tuple[Edge, ...]
    columns: tuple[tuple[str, float], ...]
    """Heading and left end of each column."""


def draw(lineage: Lineage, shown: Iterable[str] | None = None) -> Drawing:
    """Draw the whole lake, or some of its datasets and what joins these."""
    keep = set(lineage.datasets if shown is None else shown)
    nodes = {
        dataset.id: Node(dataset.id, dataset.domain, lineage.rank(dataset.id), BOX_HEIGHT)
        for dataset in lineage.datasets.values()
        if dataset.id in keep
    }
    chosen = [lineage.datasets[each] for each in nodes]
    routes = [
        list(_route(nodes[source], nodes[dataset.id]))
        for dataset in chosen
        for source in dataset.inputs
        if source in nodes
    ]
    lanes = [node for route in routes for node in route[1:-1]]
    steps = [(start.id, end.id) for route in routes for start, end in pairwise(route)]
    placed = arrange([*nodes.values(), *lanes], steps)
    last = max((node.rank for node in nodes.values()), default=0)
    return Drawing(
        width=_left(last) + BOX_WIDTH + _RIGHT,
        height=placed.height,
        bands=tuple(Band(domain, *place) for domain, place in placed.bands.items()),
        boxes=tuple(_box(lineage.datasets[node.id], node, placed.tops) for node in nodes.values()),
        reads=tuple(_reading(route, placed.tops) for route in routes),
        refers=tuple(_referring(chosen, nodes, placed.tops)),
        columns=tuple(_headings(chosen, last)),
    )


def _route(source: Node, target: Node) -> Iterator[Node]:
    """Yield both ends of an edge and, between them, a lane in each rank that it passes."""
    yield source
    for rank in range(source.rank + 1, target.rank):
        yield Node(f"{source.id}>{target.id}@{rank}", target.band, rank, _LANE)
    yield target


def _referring(
    chosen: Iterable[Dataset], nodes: Mapping[str, Node], tops: Mapping[str, float]
) -> Iterator[Edge]:
    for dataset in chosen:
        for each in dataset.relationships:
            if each.target in nodes:
                note = f"{', '.join(each.columns)} → {each.target}: {', '.join(each.target_columns)}"
                path = _arc(nodes[dataset.id], nodes[each.target], tops)
                yield Edge(dataset.id, each.target, path, note)


def _left(rank: int) -> float:
    return BOX_LEFT + rank * _RANK_WIDTH


def _box(dataset: Dataset, node: Node, tops: Mapping[str, float]) -> Box:
    short = _short(title(dataset), _TITLE_MAX), _short(dataset.name, _NAME_MAX)
    return Box(dataset, *short, _left(node.rank), tops[node.id])


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _headings(chosen: Iterable[Dataset], last: int) -> Iterator[tuple[str, float]]:
    if any(dataset.ingestion is not None for dataset in chosen):
        yield from (("Source", SOURCE_LEFT), ("Bronze", BRONZE_LEFT), ("Silver", BOX_LEFT))
    if last:
        yield "Gold", _left(1)


def _reading(route: list[Node], tops: Mapping[str, float]) -> Edge:
    """Draw an edge through its lanes."""
    source, target = route[0], route[-1]
    x, y = _left(source.rank) + BOX_WIDTH, _middle(source, tops)
    path = f"M{x:.0f} {y:.1f}"
    for node in route[1:]:
        left, middle = _left(node.rank), _middle(node, tops)
        bend = (x + left) / 2
        path += f"C{bend:.0f} {y:.1f} {bend:.0f} {middle:.1f} {left:.0f} {middle:.1f}"
        x, y = left + BOX_WIDTH, middle
        if node is not target:
            path += f"H{x:.0f}"
    return Edge(source.id, target.id, path, f"{target.id} reads {source.id}")


def _arc(source: Node, target: Node, tops: Mapping[str, float]) -> str:
    """Draw a relationship: beside the column if both boxes stand in one, else straight across."""
    start, end = _middle(source, tops) + BOX_HEIGHT / 4, _middle(target, tops) - BOX_HEIGHT / 4
    x, to = _left(source.rank), _left(target.rank)
    if source.rank == target.rank:
        x = to = x + BOX_WIDTH
        bend = out = x + 28 + min(abs(end - start) / 8, 40)
    elif source.rank < target.rank:
        x += BOX_WIDTH
        bend = out = (x + to) / 2
    else:
        to += BOX_WIDTH
        bend = out = (x + to) / 2
    return f"M{x:.0f} {start:.1f}C{bend:.0f} {start:.1f} {out:.0f} {end:.1f} {to:.0f} {end:.1f}"


def _middle(node: Node, tops: Mapping[str, float]) -> float:
    return tops[node.id] + node.height / 2
