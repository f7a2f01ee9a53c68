"""What there is in the Lake Formation of one account: settings, grants, tags, filters, locations, opt-ins."""

from collections.abc import Iterator

from local.services.lakeformation.model.filters import CellsFilter
from local.services.lakeformation.model.grants import IAM_ALLOWED_PRINCIPALS, Grant, Grants, Held, expanded
from local.services.lakeformation.model.locations import Locations
from local.services.lakeformation.model.resources import Catalog, Columns, Database, Filter, Resource, Table
from local.services.lakeformation.model.settings import Settings
from local.services.lakeformation.model.shares import account_of, is_account
from local.services.lakeformation.model.tags import Tags


class State:
    """Everything that decides, and what making and deleting databases and tables does to it.

    Args:
        account: The account whose catalog this is.
        settings: Those of a new account, if none are given.
    """

    def __init__(self, account: str, settings: Settings | None = None) -> None:
        self.account = account
        self.settings = settings or Settings()
        self.grants = Grants()
        self.tags = Tags()
        self.locations = Locations()
        self.filters: dict[Filter, CellsFilter] = {}
        self.creators: dict[Resource, str] = {}
        """Who made a database, a table or a tag, and so may do everything with it.

        https://docs.aws.amazon.com/lake-formation/latest/dg/implicit-permissions.html
        """
        self.opt_ins: set[tuple[str, Resource]] = set()
        """Principals and the databases and tables for which they chose Lake Formation, in hybrid mode."""
        if self.settings.database_defaults:
            self.grants.grant(IAM_ALLOWED_PRINCIPALS, Catalog(), ["CREATE_DATABASE"])

    def add_database(self, name: str) -> None:
        """Give the settings' default permissions on a new database."""
        for principal, held in self.settings.database_defaults:
            self.grants.grant(principal, Database(name), held)

    def add_table(self, database: str, name: str) -> None:
        """Give the settings' default permissions on a new table."""
        for principal, held in self.settings.table_defaults:
            self.grants.grant(principal, Table(database, name), held)

    def remove_database(self, name: str) -> None:
        """Forget everything about a database that was deleted."""
        self._forget(name)

    def remove_table(self, database: str, name: str) -> None:
        """Forget everything about a table that was deleted."""
        self._forget(database, name)

    def is_admin(self, principal: str) -> bool:
        """Whether a principal administers the data lake."""
        return principal in self.settings.admins

    def is_of_another(self, principal: str) -> bool:
        """Whether a principal is another account, or of one."""
        return account_of(principal) not in ("", self.account)

    def identities(self, principal: str) -> frozenset[str]:
        """The names by which grants reach a principal: its own, and that of all of its account."""
        own = frozenset({principal})
        return own if self.is_of_another(principal) else own | {f"{self.account}:IAMPrincipals"}

    def held_by(self, principal: str) -> Iterator[Grant]:
        """What a principal holds by grants, its own and those of all principals, and by having made it.

        Principals of another account hold what that account may pass on, for as long as it may.
        """
        for each in self.grants.of(self.identities(principal)):
            yield self._passed_on(each) if self.is_of_another(principal) else each
        everything = Held(frozenset({"ALL"}), frozenset({"ALL"}))
        for resource, creator in self.creators.items():
            if creator == principal:
                yield Grant(principal, resource, everything)

    def withdraw(self) -> None:
        """Take from principals of other accounts what their account holds no more."""
        for each in self.grants.all():
            if self.is_of_another(each.principal) and not self._passed_on(each).held.permissions:
                self.grants.revoke(each.principal, each.resource, each.held.permissions)

    def _passed_on(self, grant: Grant) -> Grant:
        """A grant to another account as it is; of one that it passed on, what it may pass on now."""
        if is_account(grant.principal):
            return grant
        may = expanded(
            grant.resource, self.grants.held(account_of(grant.principal), grant.resource).grantable
        )
        kept = expanded(grant.resource, grant.held.permissions) & may
        return Grant(grant.principal, grant.resource, Held(kept))

    def sees_all(self, principal: str) -> bool:
        """Whether a principal describes everything without a grant."""
        return self.is_admin(principal) or principal in self.settings.read_only_admins

    def _forget(self, database: str, table: str = "") -> None:
        gone = {each for each in self._known() if _is_within(each, database, table)}
        self.grants.forget(gone)
        self.filters = {key: found for key, found in self.filters.items() if key not in gone}
        self.creators = {key: name for key, name in self.creators.items() if key not in gone}
        self.opt_ins = {each for each in self.opt_ins if each[1] not in gone}
        self.tags.forget(database, table)

    def _known(self) -> Iterator[Resource]:
        yield from self.grants.resources()
        yield from self.filters
        yield from self.creators
        yield from (resource for _, resource in self.opt_ins)


def _is_within(resource: Resource, database: str, table: str) -> bool:
    match resource:
        case Database(name):
            return name == database and not table
        case Table(of, name) | Columns(of, name) | Filter(of, name):
            return of == database and table in ("", name)
    return False
