"""The state of Lake Formation in one account, and who may see what by it.

Named grants and those by tags are united; nothing is ever denied by a grant.
https://docs.aws.amazon.com/lake-formation/latest/dg/access-control-metadata.html

    lake = Permissions(account="111122223333")
    lake.add_database("sales")
    lake.add_table("sales", "orders")
    lake.grants.revoke(IAM_ALLOWED_PRINCIPALS, Table("sales", "orders"), ["ALL"])
    lake.grants.grant(role_arn, Columns("sales", "orders", frozenset({"id"})), ["SELECT"])
    lake.evaluate(role_arn, "sales", "orders", ["id", "email"]).cells  # {"id": frozenset({None})}

Names of databases, tables and columns are lower case.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from local.services.lakeformation.model import tags as lf_tags
from local.services.lakeformation.model.access import Access, AllRows, DatabaseAccess
from local.services.lakeformation.model.grants import (
    IAM_ALLOWED_PRINCIPALS,
    WRITING,
    Grant,
    expanded,
)
from local.services.lakeformation.model.locations import Registration, arn_of, covers
from local.services.lakeformation.model.resources import (
    EVERY_TABLE,
    Catalog,
    Columns,
    Database,
    Filter,
    Location,
    Resource,
    Table,
    TagPolicy,
)
from local.services.lakeformation.model.state import State


@dataclass(frozen=True)
class _Effect:
    """What one grant gives on a table."""

    permissions: frozenset[str]
    columns: frozenset[str]
    rows: str | None = AllRows
    whole: bool = False
    """Whether it is about the table as such, not about some of its columns or cells."""


class Permissions(State):
    """The state of Lake Formation in an account, with what follows from it."""

    def evaluate(
        self, principal: str, database: str, table: str, columns: Collection[str], location: str = ""
    ) -> Access:
        """Tell what a principal may do with a table.

        What is left to IAM is refused to other accounts:
        https://docs.aws.amazon.com/lake-formation/latest/dg/cross-account-prereqs.html

        Args:
            principal: ARN of a role or user.
            database: The table's database.
            table: The table.
            columns: Names of its columns, partition keys included.
            location: `s3://` address of its data: registered or not, and in hybrid mode or not.
        """
        registration = self.locations.covering(location)
        opted_in = (
            registration is not None and registration.hybrid and self._opted_in(principal, database, table)
        )
        if self._is_open(Table(database, table)) and not opted_in:
            if self.is_of_another(principal):
                return Access(enforced=True)
            cells_of_all = dict.fromkeys(columns, frozenset({AllRows}))
            return Access(False, True, frozenset(columns), cells=cells_of_all)
        found = [
            (grant, effect)
            for grant in self.held_by(principal)
            for effect in self._effects(grant, database, table, frozenset(columns))
        ]
        access = _united(found, frozenset(columns), sees_all=self.sees_all(principal))
        return replace(access, registration=_vending(registration, opted_in))

    def evaluate_database(self, principal: str, database: str, location: str = "") -> DatabaseAccess:
        """Tell what a principal may do with a database, its tables aside.

        Args:
            principal: ARN of a role or user.
            database: The database.
            location: `s3://` address that the database names, if it does.
        """
        registration = self.locations.covering(location)
        opted_in = registration is not None and registration.hybrid and self._opted_in(principal, database)
        if self._is_open(Database(database)) and not opted_in:
            if self.is_of_another(principal):
                return DatabaseAccess(enforced=True)
            return DatabaseAccess(enforced=False, describe=True)
        found = [
            grant for grant in self.held_by(principal) if self._is_about_database(grant.resource, database)
        ]
        held = frozenset(one for each in found for one in expanded(each.resource, each.held.permissions))
        grantable = frozenset(one for each in found for one in expanded(each.resource, each.held.grantable))
        sees = bool(held) or self.sees_all(principal)
        return DatabaseAccess(True, sees, held, grantable, tuple(found))

    def may_create_database(self, principal: str) -> bool:
        """Whether a principal may make databases, as far as Lake Formation decides."""
        open_to = {IAM_ALLOWED_PRINCIPALS, *self.identities(principal)}
        held = (each.held.permissions for each in self.grants.of(open_to) if each.resource == Catalog())
        return self.is_admin(principal) or any("CREATE_DATABASE" in each for each in held)

    def may_use_location(self, principal: str, location: str) -> bool:
        """Whether a principal may put tables at an `s3://` address: where it is registered, by a grant.

        https://docs.aws.amazon.com/lake-formation/latest/dg/access-control-underlying-data.html
        """
        if self.locations.covering(location) is None or self.is_admin(principal):
            return True
        held = self.held_by(principal)
        places = (each.resource.arn for each in held if isinstance(each.resource, Location))
        return any(covers(place, arn_of(location)) for place in places)

    def _effects(self, grant: Grant, database: str, table: str, columns: frozenset[str]) -> Iterator[_Effect]:
        held = expanded(grant.resource, grant.held.permissions)
        match grant.resource:
            case Table(of, name) if of == database and name in (table, EVERY_TABLE):
                yield _Effect(held, columns, whole=True)
            case Columns(of, name) if (of, name) == (database, table):
                yield _Effect(held, grant.resource.among(columns))
            case Filter(of, name, _) if (of, name) == (database, table) and "SELECT" in held:
                if found := self.filters.get(grant.resource):
                    yield _Effect(held, found.columns.among(columns), found.rows)
            case TagPolicy("TABLE"):
                yield from self._by_tags(grant.resource, held, database, table, columns)

    def _by_tags(
        self, policy: TagPolicy, held: frozenset[str], database: str, table: str, columns: frozenset[str]
    ) -> Iterator[_Effect]:
        """Where some columns match, but not all, nothing is granted but to read those and to describe.

        https://docs.aws.amazon.com/lake-formation/latest/dg/TBAC-notes.html
        """
        matched = frozenset(
            column
            for column in columns
            if lf_tags.matches(policy.expression, self.tags.of(database, table, column))
        )
        if columns and matched == columns:
            yield _Effect(held, columns, whole=True)
        elif matched:
            yield _Effect(held & {"SELECT"} | {"DESCRIBE"}, matched)

    def _is_about_database(self, resource: Resource, database: str) -> bool:
        if isinstance(resource, TagPolicy):
            return resource.kind == "DATABASE" and lf_tags.matches(
                resource.expression, self.tags.of(database)
            )
        return resource == Database(database)

    def _is_open(self, resource: Resource) -> bool:
        """Whether Super to `IAMAllowedPrincipals` leaves a resource to IAM, whatever else is granted."""
        return "ALL" in self.grants.held(IAM_ALLOWED_PRINCIPALS, resource).permissions

    def _opted_in(self, principal: str, database: str, table: str = "") -> bool:
        meant: set[Resource] = (
            {Table(database, table), Table(database, EVERY_TABLE)} if table else {Database(database)}
        )
        return any(
            (one, resource) in self.opt_ins for one in self.identities(principal) for resource in meant
        )


def _united(found: list[tuple[Grant, _Effect]], columns: frozenset[str], *, sees_all: bool) -> Access:
    cells: dict[str, set[str | None]] = {}
    for _, effect in found:
        for column in effect.columns if "SELECT" in effect.permissions else ():
            cells.setdefault(column, set()).add(effect.rows)
    whole = [(grant, effect.permissions) for grant, effect in found if effect.whole]
    writes = frozenset(one for _, held in whole for one in held) & WRITING
    partly = frozenset(cells) or frozenset(name for _, effect in found for name in effect.columns)
    shown_whole = sees_all or writes or (whole and not cells)
    return Access(
        enforced=True,
        describe=bool(found) or sees_all,
        columns=columns if shown_whole else partly,
        writes=writes,
        grantable=frozenset(one for each, _ in whole for one in expanded(each.resource, each.held.grantable)),
        cells={column: frozenset(rows) for column, rows in sorted(cells.items())},
        sources=tuple(grant for grant, _ in found),
    )


def _vending(registration: Registration | None, opted_in: bool) -> Registration | None:
    """In hybrid mode, who has not opted in gets no credentials.

    https://docs.aws.amazon.com/lake-formation/latest/dg/hybrid-access-mode.html
    """
    return registration if registration and (not registration.hybrid or opted_in) else None
