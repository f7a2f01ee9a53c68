"""What a template asks for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self, get_args

from shared.errors import TerminalError

Access = Literal["open", "closed", "opt-in"]
"""`open`: who reads stays as it is. `closed`: Lake Formation alone lets anybody in. `opt-in`: it does so for
the personas, while all others come in by IAM."""


@dataclass(frozen=True)
class Governed:
    """A database, or a table in it."""

    database: str
    table: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Tags of the columns that differ from their table."""

    def __str__(self) -> str:
        """`database` or `database.table`."""
        return f"{self.database}.{self.table}" if self.table else self.database

    @property
    def resource(self) -> dict[str, Any]:
        """As Lake Formation names it."""
        if self.table is None:
            return {"Database": {"Name": self.database}}
        return {"Table": {"DatabaseName": self.database, "Name": self.table}}

    def with_columns(self, names: list[str]) -> dict[str, Any]:
        """Some of its columns, as Lake Formation names them."""
        table = {"DatabaseName": self.database, "Name": self.table, "ColumnNames": names}
        return {"TableWithColumns": table}


@dataclass(frozen=True)
class Request:
    """Databases and tables, and how they are to be governed."""

    governed: tuple[Governed, ...]
    access: Access
    tag_prefix: str
    """What keys of tags start with that are the lake's; all others are left alone."""
    personas: tuple[str, ...]
    """ARNs of the roles for which Lake Formation decides under `opt-in`."""

    @classmethod
    def from_properties(cls, properties: Mapping[str, Any]) -> Self:
        """Read the resource's properties.

        Raises:
            TerminalError: They are incomplete or malformed; the message names every fault.
        """
        faults = [] if properties.get("TagPrefix") else ["TagPrefix: got nothing; allowed: text"]
        access = properties.get("Access", "")
        if access not in get_args(Access):
            faults.append(f"Access: got {access!r}; allowed: {', '.join(get_args(Access))}")
        governed: tuple[Governed, ...] = ()
        try:
            governed = tuple(_governed(each) for each in json.loads(properties["Governed"]))
        except (KeyError, TypeError, ValueError) as error:
            faults.append(f"Governed: got {error!r}; allowed: a JSON list of databases and tables")
        if faults:
            raise TerminalError("; ".join(faults) + "; fix: deploy what the lake's own code synthesizes")
        return cls(governed, access, properties["TagPrefix"], tuple(properties.get("Personas") or ()))


def _governed(value: Mapping[str, Any]) -> Governed:
    known = {"Database": "database", "Table": "table", "Tags": "tags", "Columns": "columns"}
    return Governed(**{known[name]: given for name, given in value.items()})
