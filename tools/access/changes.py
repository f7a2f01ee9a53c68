"""What changed between two matrices, and whether anybody can do more than before."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tools.access.matrix import Reach, Rows


@dataclass(frozen=True)
class Change:
    """One thing that a role can do with a table now and could not before, or the other way round."""

    role: str
    table: str
    text: str
    """What it is about, for people."""
    widens: bool
    """Whether the role can do more."""

    def __str__(self) -> str:
        """One line for people."""
        return f"{'+' if self.widens else '-'} {self.role} {self.text} {self.table}"


def changes(before: Iterable[Reach], after: Iterable[Reach]) -> list[Change]:
    """Return what differs, by role and table."""
    old, new = _by_place(before), _by_place(after)
    return [
        change
        for role, table in sorted({*old, *new})
        for change in _between(
            old.get((role, table), Reach(role, table)), new.get((role, table), Reach(role, table))
        )
    ]


def _by_place(rows: Iterable[Reach]) -> Mapping[tuple[str, str], Reach]:
    return {(row.role, row.table): row for row in rows}


def _between(old: Reach, new: Reach) -> Iterator[Change]:
    for before, after, widens in ((old, new, True), (new, old, False)):
        for text in _more(before, after):
            yield Change(new.role, new.table, text, widens)


def _more(less: Reach, more: Reach) -> Iterator[str]:
    """Tell what one reach has and the other has not."""
    if more.describes and not less.describes:
        yield "sees the columns of"
    yield from _columns(less.cells, more.cells)
    for act in more.files:
        if act not in less.files:
            yield f"can {act} the files of"
    if more.changes and not less.changes:
        yield "can commit to"


def _columns(less: Mapping[str, Rows], more: Mapping[str, Rows]) -> Iterator[str]:
    by_rows: dict[Rows, list[str]] = {}
    for column, rows in more.items():
        had = less.get(column, ())
        added = tuple(each for each in rows if each not in had)
        if added and "" not in had:
            by_rows.setdefault(added, []).append(column)
    for rows, columns in by_rows.items():
        where = "" if "" in rows else f", in rows with {' or '.join(rows)},"
        yield f"reads {', '.join(columns)}{where} of"
