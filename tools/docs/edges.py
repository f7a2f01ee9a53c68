"""The page of what AWS's services ask of one another, made of the rows of `lake preflight`."""

from collections.abc import Iterator

from tools.preflight.edge import Edge, Once, Table

_INTRODUCTION = """# What services ask of one another

{what} {sure}
"""

_WHAT = (
    "`lake preflight` finds each of these in the templates, and puts it to the policies that are deployed "
    "with them. The rows are `tools/preflight/edges/*.yaml`; those of a feature stand in its `edges.yaml`, "
    "and in the reference page of its folder. They are what a service does by itself: your own code needs "
    "more."
)
_SURE = (
    "*Sure* is `yes` where AWS's page or reports of real accounts say so. `no` is a warning: it is not "
    "known, so try it in an account first. `?` marks condition keys of which nobody knows whether they are "
    "sent; a policy that demands one is a warning, too."
)

_ONCE = """## What an account has once

What may be there already, or set otherwise, stops a stack or makes it useless. Look before you deploy.
"""


def page(table: Table) -> str:
    """Return the page of the rows that every project has."""
    return f"{_INTRODUCTION.format(what=_WHAT, sure=_SURE)}\n{tables(table)}"


def tables(table: Table) -> str:
    """Return the tables of some rows, nothing if there is none."""
    kinds = sorted({edge.kind for edge in table.edges})
    parts = [_of_kind(kind, [edge for edge in table.edges if edge.kind == kind]) for kind in kinds]
    once = "\n".join(_once(row) for row in table.once)
    if once:
        parts.append(f"{_ONCE}\n| what | look with | then |\n|---|---|---|\n{once}\n")
    return "\n".join(parts)


def _of_kind(kind: str, edges: list[Edge]) -> str:
    head = "| row | who asks | what | with | otherwise | sure |\n|---|---|---|---|---|---|\n"
    return f"## {kind}\n\n{head}" + "".join(_row(edge) for edge in edges)


def _row(edge: Edge) -> str:
    sources = "".join(f" [{number}]({url})" for number, url in enumerate(edge.sources, 1))
    cells = (
        f"[`{edge.id}`]({edge.page}){sources}",
        _who(edge),
        "<br>".join(_what(edge)),
        "<br>".join(_with(edge)),
        _cell(edge.breaks),
        "yes" if edge.confidence == "error" else "no",
    )
    return f"| {' | '.join(cells)} |\n"


def _who(edge: Edge) -> str:
    if edge.service:
        return f"`{edge.service}`, at `{edge.at}`"
    return f"`{_cell(edge.role or edge.at)}` of `{edge.at}`" if edge.role else f"`{edge.at}`"


def _what(edge: Edge) -> Iterator[str]:
    yield from (f"`{action}`" for action in edge.actions)
    yield from (f"on `{_cell(resource)}`" for resource in edge.resource)
    yield from (f"`{_cell(path)}` is `{pattern or 'absent'}`" for path, pattern in edge.must.items())
    if edge.after:
        yield f"made after `{edge.after}`"


def _with(edge: Edge) -> Iterator[str]:
    if edge.via:
        yield f"through `{edge.via}`"
    yield from (f"`{key}`: `{_cell(value)}`" for key, value in edge.keys.items())
    yield from (f"`{key}` ?" for key in edge.undecided)
    if edge.at_create:
        yield "while it is made"


def _once(row: Once) -> str:
    return f"| [{_cell(row.what)}]({row.page}) | `{row.look}` | {_cell(row.then)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
