"""What is wrong in a query."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that Spark would refuse."""

    line: int
    """From 1."""
    got: str
    allowed: str
    fix: str


def offset(node: exp.Expr) -> int:
    """Return where in the text a node, or the first thing inside it that has a place, begins; else 0."""
    places = (each.meta["start"] for each in node.walk() if "start" in each.meta)
    return min(places, default=0)


def parts(node: exp.Column) -> list[str]:
    """Return the names of a column reference, which Spark compares without case."""
    return [part.name.lower() for part in node.parts]


def inside(node: exp.Expr) -> Iterator[exp.Expr]:
    """Yield a node and what is inside it, but not what is inside a subquery."""
    yield node
    for child in node.iter_expressions():
        if not isinstance(child, exp.Query):
            yield from inside(child)
