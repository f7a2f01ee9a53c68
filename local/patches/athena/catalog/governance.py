"""Lake Formation has a say in what queries read: which cells of a table, and by whose credentials.

The service of `local.services.lakeformation` governs when it starts; without it the caller's own rights
decide alone. A row is read if the predicate of any grant is true, a cell if one of a grant with its column
is, else it is NULL. Metadata tables, and the past of a table, are read by those who may read all of it: AWS
does not say what filters do to them.

Proven by `tests/local/services/lakeformation`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa
from sqlglot import exp

from local.patches.athena.engine import engine
from local.patches.athena.errors import QueryError
from local.patches.athena.session import Name, Session
from local.patches.iam import roles

Predicates = frozenset[exp.Expr | None]
"""Of rows; None is true for all."""


@dataclass(frozen=True)
class Reading:
    """How a table may be read.

    Attributes:
        entry: Its whole entry in Glue, whatever the caller sees of it there.
        credentials: Those that read its data, as environment variables; None for the caller's own.
        cells: By column, in which rows it may be read; None for the whole table.
    """

    entry: dict[str, Any]
    credentials: dict[str, str] | None = None
    cells: Mapping[str, Predicates] | None = None


class Governor(Protocol):
    """Who decides."""

    def begin(self, access_key: str) -> None:
        """Refuse who may run no query at all.

        Raises:
            QueryError: They may not.
        """

    def reading(self, access_key: str, name: Name) -> Reading | None:
        """How the holder of an access key may read a table; None as IAM alone allows.

        Raises:
            QueryError: They may not.
        """

    def require(self, access_key: str, name: Name, permission: str) -> None:
        """Refuse who lacks a permission on a table.

        Raises:
            QueryError: They do.
        """


_governors: list[Governor] = []


def govern(governor: Governor) -> None:
    """Let somebody decide from now on."""
    _governors[:] = [governor]


def begin(session: Session) -> None:
    """Refuse a caller who may run no query at all.

    Raises:
        QueryError: They may not.
    """
    for governor in _governors:
        governor.begin(session.access_key)


def reading(session: Session, name: Name, entry: dict[str, Any]) -> Reading:
    """How the caller may read a table.

    Args:
        session: Whose rights apply.
        name: The table.
        entry: Its entry in Glue, as the caller sees it.

    Raises:
        QueryError: The caller sees no cell of it, or may not ask for its data.
    """
    found = [governor.reading(session.access_key, name) for governor in _governors]
    how = found[0] if found and found[0] else Reading(entry)
    if how.cells is not None and not how.cells:
        raise QueryError("COLUMN_NOT_FOUND: line 1:8: Relation contains no accessible columns")
    return how


def require(session: Session, name: Name, permission: str) -> None:
    """Refuse a caller who lacks a permission on a table.

    Raises:
        QueryError: They do.
    """
    for governor in _governors:
        governor.require(session.access_key, name, permission)


def require_whole(how: Reading, what: str) -> None:
    """Refuse what AWS does not document for callers who see a part of a table.

    Raises:
        QueryError: The caller does.
    """
    if how.cells is not None:
        raise QueryError(f"NOT_SUPPORTED: {what} needs SELECT on all rows and columns of the table")


def s3(session: Session, how: Reading) -> Any:
    """The client that reads a table's data."""
    return session.s3 if how.credentials is None else roles.client("s3", how.credentials)


def visible(session: Session, rows: pa.Table, how: Reading) -> pa.Table:
    """The cells of a table that the caller may read.

    Raises:
        QueryError: A predicate does not fit the table any more.
    """
    if how.cells is None:
        return rows
    cells = {name: how.cells[name.lower()] for name in rows.column_names if name.lower() in how.cells}
    predicates = frozenset(each for column in cells.values() for each in column)
    shown = rows.select(list(cells))
    if predicates == {None}:
        return shown
    source = f"{session.query_id} rows"
    query = exp.select(*(_cell(name, own, predicates) for name, own in cells.items()))
    query = query.from_(exp.Table(this=exp.to_identifier(source, quoted=True)))
    if None not in predicates:
        query = query.where(_any(predicates))
    return engine.run(session, engine.Question(query, {source: rows})).table.cast(shown.schema)


def _cell(name: str, own: Predicates, of_rows: Predicates) -> exp.Expr:
    column = exp.column(exp.to_identifier(name, quoted=True))
    if own == of_rows or None in own:
        return column
    case = exp.Case().when(_any(own), column)
    return exp.alias_(case, name, quoted=True)


def _any(predicates: Predicates) -> exp.Expr:
    return exp.or_(*(each.copy() for each in sorted(filter(None, predicates), key=str)))
