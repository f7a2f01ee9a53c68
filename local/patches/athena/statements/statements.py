"""What a statement is: a query, or one of the other statements that this Athena knows; all else is refused.

https://docs.aws.amazon.com/athena/latest/ug/ddl-reference.html
https://docs.aws.amazon.com/athena/latest/ug/dml-queries-functions-operators.html
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from local.patches.athena import text
from local.patches.athena.catalog import binding
from local.patches.athena.engine import engine, types
from local.patches.athena.errors import not_supported
from local.patches.athena.session import Outcome, Session
from local.patches.athena.statements import (
    alter,
    create,
    ctas,
    databases,
    drop,
    insert,
    parameters,
    show,
    unload,
)
from local.patches.athena.trino import parsing
from local.patches.athena.trino.parsing import Cursor

Run = Callable[[Session], Outcome]
_QUERIES = ("select", "with", "values", "table", "(")


@dataclass(frozen=True)
class Statement:
    """A statement that may run.

    Attributes:
        type: DML, DDL or UTILITY, as Athena reports it.
        subtype: Its kind, such as SELECT or CREATE_TABLE_AS_SELECT.
        run: Executes it.
    """

    type: str
    subtype: str
    run: Run


_KNOWN: tuple[tuple[str, str, str, Callable[[Cursor], Run]], ...] = (
    ("show", "UTILITY", "SHOW", show.parse_show),
    ("describe", "UTILITY", "DESCRIBE_TABLE", show.parse_describe),
    ("desc", "UTILITY", "DESCRIBE_TABLE", show.parse_describe),
    ("create external table", "DDL", "CREATE_TABLE", create.parse_external),
    ("create or replace view", "DDL", "CREATE_VIEW", create.parse_replaced_view),
    ("create view", "DDL", "CREATE_VIEW", create.parse_view),
    ("create database", "DDL", "CREATE_DATABASE", databases.parse_create),
    ("create schema", "DDL", "CREATE_DATABASE", databases.parse_create),
    ("drop database", "DDL", "DROP_DATABASE", databases.parse_drop),
    ("drop schema", "DDL", "DROP_DATABASE", databases.parse_drop),
    ("drop table", "DDL", "DROP_TABLE", drop.parse_table),
    ("drop view", "DDL", "DROP_VIEW", drop.parse_view),
    ("alter table", "DDL", "ALTER_TABLE", alter.parse),
    ("msck repair table", "DDL", "MSCK_REPAIR_TABLE", alter.parse_repair),
    ("insert into", "DML", "INSERT", insert.parse),
    ("unload", "DML", "UNLOAD", unload.parse),
    ("prepare", "UTILITY", "PREPARE", parameters.parse_prepare),
    ("deallocate prepare", "UTILITY", "DEALLOCATE", parameters.parse_deallocate),
    ("execute", "DML", "EXECUTE", lambda cursor: _execute(parameters.parse_execute(cursor))),
)


def parse(statement: str) -> Statement:
    """Recognise a single statement.

    Raises:
        RefusedError: It is malformed, or of a kind that is not supported.
    """
    sql = parsing.single(statement)
    for words, kind, subtype, parser in _KNOWN:
        cursor = Cursor(sql)
        if cursor.keywords(*words.split()):
            return Statement(kind, subtype, parser(cursor))
    cursor = Cursor(sql)
    if cursor.keywords("create", "table"):
        return _create_table(cursor)
    if cursor.peek()[1] not in _QUERIES:
        raise not_supported(str(cursor.peek()[1]).upper())
    query = parsing.query(sql)
    return Statement("DML", "SELECT", lambda session: _select(session, query))


def _create_table(cursor: Cursor) -> Statement:
    target = create.parse_target(cursor)
    if cursor.peek()[:2] == ("punct", "("):
        return Statement("DDL", "CREATE_TABLE", create.parse_iceberg(cursor, *target))
    return Statement("DDL", "CREATE_TABLE_AS_SELECT", ctas.parse(cursor, *target))


def _execute(statement: Callable[[Session], str]) -> Run:
    def run(session: Session) -> Outcome:
        prepared = parse(statement(session))
        if prepared.subtype == "EXECUTE":
            raise not_supported("EXECUTE of EXECUTE")
        return prepared.run(session)

    return run


def _select(session: Session, query: exp.Query) -> Outcome:
    result = engine.run(session, binding.bind(query, session))
    kinds = [types.athena(kind) for kind in result.types]
    return Outcome(result.columns, kinds, text.rows(result.table))
