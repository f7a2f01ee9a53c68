"""One running statement: who asks, where, and the clients that bear the asker's credentials."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from local.patches.athena.errors import QueryError
from local.patches.iam import roles

CATALOG = "awsdatacatalog"
"""The only catalog: Glue's."""


@dataclass
class Session:
    """The context of one statement; every call to another service is made as the caller.

    Attributes:
        query_id: The query execution's id.
        workgroup: The work group that runs it.
        database: The database of names without one.
        output: Location below which results go, ending with a slash.
        enforced: Whether the work group alone says where results and new tables go.
        on_cancel: What stops the engine; set while it runs.
        cancelled: Whether StopQueryExecution was called.
    """

    query_id: str
    workgroup: str
    database: str
    output: str
    enforced: bool = False
    on_cancel: Callable[[], None] | None = None
    cancelled: bool = False
    _credentials: dict[str, str] = field(default_factory=roles.caller, repr=False)

    def client(self, service: str) -> Any:
        """A client of a service under the caller's credentials."""
        return roles.client(service, self._credentials)

    @property
    def access_key(self) -> str:
        """The caller's access key."""
        return self._credentials["AWS_ACCESS_KEY_ID"]

    @property
    def glue(self) -> Any:
        """Glue as the caller."""
        return self.client("glue")

    @property
    def s3(self) -> Any:
        """S3 as the caller."""
        return self.client("s3")

    def table_location(self, wanted: str) -> str:
        """Where the files of a new table go: where the statement says, else below the results.

        Raises:
            QueryError: The statement says where, and the work group forbids that.
        """
        if wanted and self.enforced:
            raise QueryError(
                "INVALID_TABLE_PROPERTY: external_location is not allowed in a work group that enforces its "
                "own result location; leave it out"
            )
        return wanted if wanted else f"{self.output}tables/{self.query_id}/"

    def cancel(self) -> None:
        """Stop the engine, now or when it is about to start."""
        self.cancelled = True
        if self.on_cancel:
            self.on_cancel()


@dataclass(frozen=True)
class Name:
    """The full name of a table."""

    database: str
    table: str

    def __str__(self) -> str:
        return f"{CATALOG}.{self.database}.{self.table}"


def full_name(parts: tuple[str | None, ...], session: Session) -> Name:
    """The name that up to three parts, catalog first, mean in a session; Glue's names are lower case.

    Raises:
        QueryError: Another catalog is named.
    """
    catalog, database, table = (None, None, None, *parts)[-3:]
    if catalog and catalog.lower() != CATALOG:
        raise QueryError(f"CATALOG_NOT_FOUND: Catalog '{catalog}' does not exist")
    return Name((database or session.database).lower(), str(table).lower())


@dataclass(frozen=True)
class Outcome:
    """What a statement gives back.

    Attributes:
        columns: Names of the result's columns.
        types: Their types, as Athena names them.
        rows: Values as text.
        written: Objects that hold the data instead, for statements that write; None for others.
        updated: Number of rows written.
        plain: Whether the result is the text of a DDL or utility statement.
    """

    columns: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    rows: list[list[str | None]] = field(default_factory=list)
    written: list[str] | None = None
    updated: int = 0
    plain: bool = False
