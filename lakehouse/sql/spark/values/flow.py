"""Sets of table columns whose values a value holds, by where in it they are.

A flow pairs a path of members inside the value with a column: `struct(id, email)` holds `id` at `id` and
`email` at `email`, so that its member `id` holds no `email`.
"""

from collections.abc import Iterable

Origin = tuple[str, ...]
"""Table, column, and members of it."""

Flow = frozenset[tuple[tuple[str, ...], Origin]]

NONE: Flow = frozenset()


def column(table: str, name: str) -> Flow:
    """Return the flow of a table's column."""
    return frozenset({((), (table, name))})


def union(flows: Iterable[Flow]) -> Flow:
    """Return the flow of a value that is one of several, or a list of them."""
    return NONE.union(*flows)


def within(name: str, flow: Flow) -> Flow:
    """Return the flow of a struct that has the value as a member."""
    return frozenset(((name, *path), origin) for path, origin in flow)


def member(flow: Flow, name: str) -> Flow:
    """Return the flow of a member."""
    whole = {((), (*origin, name)) for path, origin in flow if not path}
    return frozenset(whole | {(path[1:], origin) for path, origin in flow if path and path[0] == name})


def mixed(flow: Flow) -> Flow:
    """Return the flow of what is computed of a value: each part of it may hold each part of that."""
    return frozenset(((), origin) for _, origin in flow)


def origins(flow: Flow) -> set[Origin]:
    """Return the columns, wherever they are in the value."""
    return {origin for _, origin in flow}
