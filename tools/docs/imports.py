"""Draws who imports whom, package by package, from the code itself."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[2]
_DRAWN = {
    "lakehouse": "A contract: from YAML to what derives from it",
    "lakehouse_etl": "A record: from bronze to gold, in the jobs",
    "stacks.components": "What stacks are made of",
    "local": "The laptop",
}
"""Packages whose parts are drawn, and what the picture shows."""

_LEFT_OUT = ("features", "samples")
"""Parts that people add and remove: nothing but what finds them depends on them."""

Graph = Mapping[str, frozenset[str]]
"""What each part imports."""


def pictures() -> str:
    """Return a heading and a Mermaid graph for each package, as Markdown.

    An arrow goes from what is imported to what imports it; one that follows from others is left out.
    """
    for folder in ("glue_scripts", "lambda_src"):
        if str(ROOT / folder) not in sys.path:
            sys.path.append(str(ROOT / folder))
    code = grimp.build_graph("lakehouse", "lakehouse_etl", "stacks", "local")
    drawn = {title: "\n".join(_lines(_parts(code, package))) for package, title in _DRAWN.items()}
    return "\n".join(
        f"## {title}\n\n```mermaid\nflowchart LR\n{lines}\n```\n" for title, lines in drawn.items()
    )


def _parts(code: grimp.ImportGraph, package: str) -> Graph:
    depth = package.count(".") + 1
    parts = {child.rpartition(".")[2] for child in code.find_children(package)} - {*_LEFT_OUT}
    found: dict[str, set[str]] = {part: set() for part in sorted(parts)}
    for module in code.find_descendants(package):
        part = module.split(".")[depth]
        for imported in code.find_modules_directly_imported_by(module):
            other = imported.removeprefix(f"{package}.").split(".")[0]
            if imported.startswith(f"{package}.") and part in parts and other in parts - {part}:
                found[part].add(other)
    return {part: frozenset(others) for part, others in found.items()}


def _lines(graph: Graph) -> Iterator[str]:
    yield from (f"  {part}" for part in graph)
    for part, others in graph.items():
        for other in sorted(others):
            if not any(other in _reached(graph, between, {part}) for between in others - {other}):
                yield f"  {other} --> {part}"


def _reached(graph: Graph, part: str, seen: set[str]) -> set[str]:
    """Return everything that a part imports, by way of others, too."""
    if part in seen:
        return set()
    found = set(graph[part])
    for other in graph[part]:
        found |= _reached(graph, other, {*seen, part})
    return found
