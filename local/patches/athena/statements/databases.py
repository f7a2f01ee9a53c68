"""`CREATE` and `DROP DATABASE`, through Glue as the caller."""

from collections.abc import Callable

from botocore.exceptions import ClientError

from local.patches.athena.catalog import catalog
from local.patches.athena.errors import QueryError, malformed
from local.patches.athena.session import Outcome, Session
from local.patches.athena.trino.parsing import Cursor


def parse_create(cursor: Cursor) -> Callable[[Session], Outcome]:
    """`[IF NOT EXISTS] name [COMMENT …] [LOCATION …] [WITH DBPROPERTIES (…)]`, after its first words."""
    lenient = cursor.keywords("if", "not", "exists")
    entry = {"Name": _name(cursor), **_clauses(cursor)}

    def run(session: Session) -> Outcome:
        try:
            session.glue.create_database(DatabaseInput=entry)
        except ClientError as error:
            if error.response["Error"]["Code"] != "AlreadyExistsException":
                raise
            if not lenient:
                raise QueryError(f"FAILED: Database {entry['Name']} already exists") from error
        return Outcome(plain=True)

    return run


def parse_drop(cursor: Cursor) -> Callable[[Session], Outcome]:
    """`[IF EXISTS] name [RESTRICT | CASCADE]`, after its first words."""
    lenient = cursor.keywords("if", "exists")
    name = _name(cursor)
    cascade = not cursor.keywords("restrict") and cursor.keywords("cascade")
    cursor.end()

    def run(session: Session) -> Outcome:
        try:
            session.glue.get_database(Name=name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "EntityNotFoundException":
                raise
            if lenient:
                return Outcome(plain=True)
            raise QueryError(f"FAILED: SemanticException Database does not exist: {name}") from error
        if catalog.tables(session, name) and not cascade:
            raise QueryError(
                f"FAILED: InvalidOperationException Database {name} is not empty. One or more tables exist."
            )
        session.glue.delete_database(Name=name)
        return Outcome(plain=True)

    return run


def _clauses(cursor: Cursor) -> dict[str, object]:
    found: dict[str, object] = {}
    while not cursor.at_end():
        if cursor.keywords("comment"):
            found["Description"] = cursor.text_value()
        elif cursor.keywords("location"):
            found["LocationUri"] = cursor.text_value()
        elif cursor.keywords("with", "dbproperties"):
            found["Parameters"] = cursor.property_list()
        else:
            cursor.end()
    return found


def _name(cursor: Cursor) -> str:
    name = cursor.dotted_name(1)
    if name is None:
        raise malformed(cursor.rest(), "<identifier>")
    return str(name[0]).lower()
