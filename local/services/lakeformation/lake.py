"""Lake Formation's state of an account and region, kept in step with the Glue catalog of the emulator."""

from collections.abc import Iterator, Mapping
from typing import Any

from ministack.core.iam_evaluator import (
    CredentialResolutionError,
    _role_name_from_assumed_arn,
    resolve_credential,
)
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import glue, iam

from local.services.lakeformation.model.access import Access, DatabaseAccess
from local.services.lakeformation.model.errors import invalid, missing
from local.services.lakeformation.model.grants import Grant
from local.services.lakeformation.model.permissions import Permissions
from local.services.lakeformation.model.resources import Columns, Database, Filter, Resource, Table
from local.services.lakeformation.model.shares import SHARES, account_of, is_account

Entry = Mapping[str, Any]
"""A database or table as Glue keeps it."""


class Lake(Permissions):
    """Permissions on what the catalog has now.

    Databases and tables that were made get the default permissions of the settings, those that are gone lose
    theirs: also where a new one has the old name.
    """

    def __init__(self, account: str) -> None:
        super().__init__(account)
        self._seen: dict[str, Entry] = {}
        """Databases by name, tables by `database/table`."""

    def observe(self) -> None:
        """Learn what was made and deleted since the last time; the settings must still be those of then."""
        now = {**dict(glue._databases.items()), **dict(glue._tables.items())}
        for key in [key for key, entry in self._seen.items() if now.get(key) is not entry]:
            database, _, table = key.lower().partition("/")
            if table:
                self.remove_table(database, table)
            else:
                self.remove_database(database)
            del self._seen[key]
        for key in now.keys() - self._seen.keys():
            database, _, table = key.lower().partition("/")
            if table:
                self.add_table(database, table)
            else:
                self.add_database(database)
        self._seen = now
        self.share()

    def share(self) -> None:
        """Have RAM share what other accounts hold, and nothing else."""
        self.withdraw()
        wanted: dict[str, set[str]] = {}
        for each in self.grants.all():
            if is_account(each.principal) and each.principal != self.account:
                wanted.setdefault(each.principal, set()).add(_arn(each.resource))
        SHARES.sync(self.account, get_region(), wanted)

    def held_by(self, principal: str) -> Iterator[Grant]:
        """What a principal holds; those of another account nothing before it accepted the share."""
        if not self.is_of_another(principal) or self.reached_by(account_of(principal)):
            yield from super().held_by(principal)

    def reached_by(self, account: str) -> bool:
        """Whether another account accepted what this one shares with it."""
        return SHARES.reach(self.account, account, get_region())

    def access(self, principal: str, table: Entry) -> Access:
        """What a principal may do with a table."""
        names = (table["DatabaseName"].lower(), table["Name"].lower())
        return self.evaluate(principal, *names, columns(table), location(table))

    def database_access(self, principal: str, database: Entry) -> DatabaseAccess:
        """What a principal may do with a database."""
        return self.evaluate_database(principal, database["Name"].lower(), database.get("LocationUri") or "")


def _arn(resource: Resource) -> str:
    """ARN of the database or table that a grant to another account is about."""
    match resource:
        case Database(name):
            path = f"database/{name}"
        case Table(of, name) | Columns(of, name) | Filter(of, name):
            path = f"table/{of}/{name}"
        case _:
            raise TypeError(f"{resource} is not shared")
    return f"arn:aws:glue:{get_region()}:{get_account_id()}:{path}"


def database(name: str) -> Entry | None:
    """A database of the catalog; None if there is none."""
    found: Entry | None = glue._databases.get(name)
    return found


def table(database_name: str, name: str) -> Entry | None:
    """A table of the catalog; None if there is none."""
    found: Entry | None = glue._tables.get(f"{database_name}/{name}")
    return found


def columns(table_entry: Entry) -> dict[str, str]:
    """Types of a table's columns by their names, partition keys last."""
    listed = [*(table_entry.get("StorageDescriptor") or {}).get("Columns", []), *partition_keys(table_entry)]
    return {each["Name"].lower(): each.get("Type", "string") for each in listed}


def partition_keys(table_entry: Entry) -> list[dict[str, str]]:
    """The partition keys of a table."""
    return list(table_entry.get("PartitionKeys") or [])


def location(table_entry: Entry) -> str:
    """Where the data of a table lies; nowhere for a view."""
    return str((table_entry.get("StorageDescriptor") or {}).get("Location") or "")


def require(resource: Resource) -> Entry | None:
    """What the catalog has of a resource: a table for one, its columns and filters, else a database or None.

    Raises:
        LakeFormationError: The catalog has no such database, table or column.
    """
    match resource:
        case Database(name) | Table(name, "*"):
            return _existing(database(name), f"Database not found: {name}")
        case Table(of, name) | Filter(of, name, _):
            return require_table(of, name)
        case Columns(of, name, names):
            found = require_table(of, name)
            if unknown := sorted(names - columns(found).keys()):
                raise missing(f"Columns not found: {', '.join(unknown)}")
            return found
    return None


def require_table(database_name: str, name: str) -> Entry:
    """A table of the catalog.

    Raises:
        LakeFormationError: There is none.
    """
    return _existing(table(database_name, name), f"Table not found: {database_name}.{name}")


def _existing(entry: Entry | None, message: str) -> Entry:
    if entry is None:
        raise missing(message)
    return entry


def principal(access_key: str) -> str | None:
    """ARN by which grants name the holder of an access key: a role's for its sessions; None for root.

    The root user stands for whoever runs the laptop, CloudFormation among them, and is asked for nothing.
    """
    found = resolve_credential(access_key)
    if isinstance(found, CredentialResolutionError):
        raise ValueError(found.message)
    if found.principal_type == "Root":
        return None
    if found.principal_type != "AssumedRole":
        return str(found.principal_arn)
    role = iam._roles.get(_role_name_from_assumed_arn(found.principal_arn))
    return str(role["Arn"]) if role else str(found.principal_arn)


def check_principal(name: str) -> None:
    """Refuse a role or user that does not exist; what is neither cannot be looked up.

    https://github.com/aws/aws-cdk/issues/19492 shows the error.

    Raises:
        LakeFormationError: There is no such role or user.
    """
    account = account_of(name) or get_account_id()
    for kind, known in (("role", iam._roles), ("user", iam._users)):
        start = f"arn:aws:iam::{account}:{kind}/"
        with request_scope(account, get_region()):
            found = known.get(name.rsplit("/", 1)[-1]) if name.startswith(start) else {"Arn": name}
        if not found or found["Arn"] != name:
            raise invalid(f"Invalid principal, {name}")
