"""`?` in statements: execution parameters, and PREPARE, EXECUTE and DEALLOCATE.

Prepared statements are Athena's own resources, asked for as the caller.
https://docs.aws.amazon.com/athena/latest/ug/querying-with-prepared-statements.html
"""

from collections.abc import Callable, Sequence

from sqlglot.tokenizer_core import TokenType

from local.patches.athena.errors import RefusedError, malformed
from local.patches.athena.session import Outcome, Session
from local.patches.athena.trino import parsing
from local.patches.athena.trino.parsing import Cursor


def bind(sql: str, values: Sequence[str]) -> str:
    """A statement with literals in the place of its `?`, in their order; with none, it stays as it is.

    Raises:
        RefusedError: Their numbers differ, or a value is no literal.
    """
    if not values:
        return sql
    literals = [parsing.literal(value) for value in values]
    if Cursor(sql).keywords("execute"):
        return f"{sql} USING {', '.join(literals)}"
    places = [token.start for token in parsing.tokens(sql) if token.token_type == TokenType.PLACEHOLDER]
    if len(places) != len(literals):
        raise RefusedError(
            "INVALID_PARAMETER_USAGE: Incorrect number of parameters: "
            f"expected {len(places)} but found {len(literals)}"
        )
    for place, literal in reversed([*zip(places, literals, strict=True)]):
        sql = f"{sql[:place]}{literal}{sql[place + 1 :]}"
    return sql


def parse_prepare(cursor: Cursor) -> Callable[[Session], Outcome]:
    """`name FROM statement`, after `PREPARE`."""
    name = _name(cursor)
    if not cursor.keywords("from"):
        raise malformed(cursor.rest(), "FROM")
    sql = cursor.rest()

    def run(session: Session) -> Outcome:
        session.client("athena").create_prepared_statement(
            StatementName=name, WorkGroup=session.workgroup, QueryStatement=sql
        )
        return Outcome(plain=True)

    return run


def parse_deallocate(cursor: Cursor) -> Callable[[Session], Outcome]:
    """`name`, after `DEALLOCATE PREPARE`."""
    name = _name(cursor)
    cursor.end()

    def run(session: Session) -> Outcome:
        session.client("athena").delete_prepared_statement(StatementName=name, WorkGroup=session.workgroup)
        return Outcome(plain=True)

    return run


def parse_execute(cursor: Cursor) -> Callable[[Session], str]:
    """`name [USING value, …]` or `IMMEDIATE 'statement' [USING …]`, after `EXECUTE`: the statement to run."""
    immediate = cursor.string() if cursor.keywords("immediate") else None
    name = _name(cursor) if immediate is None else ""
    values = [*parsing.items(cursor.rest())] if cursor.keywords("using") else []
    if not values:
        cursor.end()

    def statement(session: Session) -> str:
        if immediate is not None:
            return bind(immediate, values)
        found = session.client("athena").get_prepared_statement(
            StatementName=name, WorkGroup=session.workgroup
        )
        return bind(found["PreparedStatement"]["QueryStatement"], values)

    return statement


def _name(cursor: Cursor) -> str:
    name = cursor.identifier()
    if name is None:
        raise malformed(cursor.rest(), "<identifier>")
    return str(name)
