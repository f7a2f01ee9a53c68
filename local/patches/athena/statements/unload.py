"""`UNLOAD`: a query's rows into files, read and written as the caller.

https://docs.aws.amazon.com/athena/latest/ug/unload.html
"""

from collections.abc import Callable

from local.patches.athena.catalog import binding
from local.patches.athena.engine import engine, types
from local.patches.athena.errors import RefusedError, malformed
from local.patches.athena.hive import output
from local.patches.athena.session import Outcome, Session
from local.patches.athena.statements import properties
from local.patches.athena.trino import parsing
from local.patches.athena.trino.parsing import Cursor

_PROPERTIES = ("format", "partitioned_by", "compression", "field_delimiter")


def parse(cursor: Cursor) -> Callable[[Session], Outcome]:
    """`(query) TO 's3://…' WITH (format = …, …)`, after `UNLOAD`."""
    query = parsing.query(cursor.group())
    location = cursor.string() if cursor.keywords("to") else None
    if not str(location or "").startswith("s3://"):
        raise malformed(cursor.rest(), "TO 's3://…'")
    given = properties.parse(cursor, _PROPERTIES)
    cursor.end()
    if "format" not in given:
        raise RefusedError("UNLOAD needs WITH (format = '…')", "MALFORMED_QUERY")

    def run(session: Session) -> Outcome:
        kind = properties.format_of(given, "compression")
        result = engine.run(session, binding.bind(query, session))
        rows = types.storable(result.table, result.types)
        output.require_empty(session.s3, str(location))
        parts = output.write(session.s3, str(location), rows, properties.partition_keys(given, rows), kind)
        return Outcome(written=[part.location for part in parts], updated=rows.num_rows)

    return run
