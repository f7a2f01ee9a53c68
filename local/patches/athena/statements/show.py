"""`SHOW` and `DESCRIBE`: what the caller may see of the catalog, as Athena prints it.

https://docs.aws.amazon.com/athena/latest/ug/ddl-reference.html
"""

from collections.abc import Callable, Iterable
from typing import Any

from local.patches.athena.catalog import catalog, patterns
from local.patches.athena.errors import QueryError, malformed, not_supported
from local.patches.athena.hive import hive_partitions
from local.patches.athena.session import Name, Outcome, Session, full_name
from local.patches.athena.statements import create_text
from local.patches.athena.trino.parsing import Cursor

Run = Callable[[Session], Outcome]
_WIDTH = 20
"""Hive pads what DESCRIBE and SHOW COLUMNS print."""


def parse_show(cursor: Cursor) -> Run:
    """What follows `SHOW`.

    Raises:
        RefusedError: It is malformed, or nothing that Athena shows.
    """
    for words, parser in _SHOWN:
        if cursor.keywords(*words.split()):
            return parser(cursor)
    raise not_supported(f"SHOW {cursor.rest()[:40].upper()}")


def parse_describe(cursor: Cursor) -> Run:
    """`[EXTENDED | FORMATTED] name`, after `DESCRIBE`; both print the columns here, too."""
    if not cursor.keywords("extended"):
        cursor.keywords("formatted")
    find = _table(cursor)

    def run(session: Session) -> Outcome:
        _, table = find(session)
        keys = table.get("PartitionKeys", [])
        lines = [_described(one) for one in catalog.columns(table)]
        if keys:
            titles = {"Name": "# col_name", "Type": "data_type", "Comment": "comment"}
            lines += [_padded(), _padded("# Partition Information"), _described(titles), _padded()]
            lines += [_described(one) for one in keys]
        return _lines(["col_name", "data_type", "comment"], lines)

    return run


def _tables(cursor: Cursor, *, views: bool = False) -> Run:
    database = _within(cursor, "in", "from")
    pattern = _pattern(cursor)

    def run(session: Session) -> Outcome:
        found = catalog.tables(session, (database or session.database).lower())
        names = [table["Name"] for table in found if catalog.is_view(table) or not views]
        return _lines(["views" if views else "tab_name"], _matching(names, pattern))

    return run


def _views(cursor: Cursor) -> Run:
    return _tables(cursor, views=True)


def _databases(cursor: Cursor) -> Run:
    pattern = _pattern(cursor)

    def run(session: Session) -> Outcome:
        names = [database["Name"] for database in catalog.databases(session)]
        return _lines(["database_name"], _matching(names, pattern))

    return run


def _columns(cursor: Cursor) -> Run:
    if not (cursor.keywords("in") or cursor.keywords("from")):
        raise malformed(cursor.rest(), "FROM")
    parts = cursor.name_parts()
    database = _within(cursor, "in", "from")
    cursor.end()

    def run(session: Session) -> Outcome:
        name = full_name((None, database, parts[-1]) if database else parts, session)
        table = catalog.require(session, name)
        return _lines(["field"], [one["Name"].ljust(_WIDTH) for one in catalog.columns(table)])

    return run


def _partitions(cursor: Cursor) -> Run:
    find = _table(cursor)

    def run(session: Session) -> Outcome:
        name, table = find(session)
        keys = [one["Name"] for one in table.get("PartitionKeys", [])]
        if not keys:
            raise QueryError(f"FAILED: SemanticException Table {name.table} is not a partitioned table")
        values = [one["Values"] for one in catalog.partitions(session, name)]
        folders = [hive_partitions.folder(dict(zip(keys, one, strict=True))) for one in values]
        return _lines(["partition"], sorted(folders))

    return run


def _create_table(cursor: Cursor) -> Run:
    find = _table(cursor)

    def run(session: Session) -> Outcome:
        return _lines(["createtab_stmt"], create_text.of_table(*find(session)).splitlines())

    return run


def _create_view(cursor: Cursor) -> Run:
    find = _table(cursor)

    def run(session: Session) -> Outcome:
        return _lines(["create view"], create_text.of_view(*find(session)).splitlines())

    return run


def _properties(cursor: Cursor) -> Run:
    parts = cursor.name_parts()
    wanted = _pattern(Cursor(cursor.group())) if cursor.peek()[1] == "(" else None
    cursor.end()

    def run(session: Session) -> Outcome:
        found = catalog.require(session, full_name(parts, session)).get("Parameters", {})
        shown = {wanted: found.get(wanted, "")} if wanted else dict(sorted(found.items()))
        return _lines(["prpt_name", "prpt_value"], [f"{key}\t{value}" for key, value in shown.items()])

    return run


_SHOWN: tuple[tuple[str, Callable[[Cursor], Run]], ...] = (
    ("tables", _tables),
    ("views", _views),
    ("databases", _databases),
    ("schemas", _databases),
    ("columns", _columns),
    ("partitions", _partitions),
    ("create table", _create_table),
    ("create view", _create_view),
    ("tblproperties", _properties),
)


def _table(cursor: Cursor) -> Callable[[Session], tuple[Name, dict[str, Any]]]:
    parts = cursor.name_parts()
    cursor.end()

    def find(session: Session) -> tuple[Name, dict[str, Any]]:
        name = full_name(parts, session)
        return name, catalog.require(session, name)

    return find


def _within(cursor: Cursor, *words: str) -> str | None:
    if not any(cursor.keywords(word) for word in words):
        return None
    return cursor.name_parts()[-1]


def _pattern(cursor: Cursor) -> str | None:
    cursor.keywords("like")
    pattern: str | None = cursor.string()
    cursor.end()
    return pattern


def _matching(names: Iterable[str], pattern: str | None) -> list[str]:
    return sorted(names if pattern is None else patterns.hive(names, pattern))


def _described(column: dict[str, str]) -> str:
    return _padded(column["Name"], column.get("Type", ""), column.get("Comment", ""))


def _padded(*cells: str) -> str:
    return "\t".join(cell.ljust(_WIDTH) for cell in (*cells, "", "", "")[:3])


def _lines(columns: list[str], lines: Iterable[str]) -> Outcome:
    return Outcome(columns, ["string"] * len(columns), [[line] for line in lines], plain=True)
