"""Grants: who holds which permissions on what, and which of them they may pass on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from local.services.lakeformation.model.errors import invalid
from local.services.lakeformation.model.resources import (
    Catalog,
    Columns,
    Database,
    Filter,
    Location,
    Resource,
    Table,
    Tag,
    TagPolicy,
)

IAM_ALLOWED_PRINCIPALS = "IAM_ALLOWED_PRINCIPALS"
"""Whoever IAM allows; `ALL` to it is called *Super* and leaves everything to IAM."""

Permissions = frozenset[str]
_NONE: Permissions = frozenset()

ON_DATABASE = frozenset({"ALTER", "CREATE_TABLE", "DESCRIBE", "DROP"})
ON_TABLE = frozenset({"ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"})
WRITING = frozenset({"ALTER", "DELETE", "DROP", "INSERT"})
"""What nobody can hold on a table of which they see some columns."""

_ON: dict[type[Resource], Permissions] = {
    Catalog: frozenset({"CREATE_DATABASE", "CREATE_LF_TAG"}),
    Database: ON_DATABASE,
    Table: ON_TABLE,
    Columns: frozenset({"SELECT"}),
    Filter: frozenset({"DESCRIBE", "DROP", "SELECT"}),
    Location: frozenset({"DATA_LOCATION_ACCESS"}),
    Tag: frozenset({"ALTER", "ASSOCIATE", "DESCRIBE", "DROP", "GRANT_WITH_LF_TAG_EXPRESSION"}),
}


@dataclass(frozen=True)
class Held:
    """Permissions of a principal on a resource."""

    permissions: Permissions = _NONE
    grantable: Permissions = _NONE
    """Those that the principal may grant to others."""


@dataclass(frozen=True)
class Grant:
    """What a principal holds on a resource."""

    principal: str
    resource: Resource
    held: Held


def possible(resource: Resource) -> Permissions:
    """Permissions that there are on a resource, `ALL` aside.

    https://docs.aws.amazon.com/lake-formation/latest/dg/lf-permissions-reference.html
    """
    if isinstance(resource, TagPolicy):
        return ON_DATABASE if resource.kind == "DATABASE" else ON_TABLE
    return _ON[type(resource)]


def expanded(resource: Resource, permissions: Iterable[str]) -> Permissions:
    """Permissions with `ALL` written out."""
    given = frozenset(permissions)
    return given - {"ALL"} | possible(resource) if "ALL" in given else given


class Grants:
    """All grants of a catalog.

    Included columns are kept one by one, as AWS unites and splits their lists.
    """

    def __init__(self) -> None:
        self._held: dict[tuple[str, Resource], Held] = {}

    def grant(
        self, principal: str, resource: Resource, permissions: Iterable[str], grantable: Iterable[str] = ()
    ) -> None:
        """Add to what a principal holds."""
        passed_on = frozenset(grantable)
        given = frozenset(permissions) | passed_on
        for each in _split(resource):
            held = self.held(principal, each)
            self._held[principal, each] = Held(held.permissions | given, held.grantable | passed_on)

    def revoke(
        self, principal: str, resource: Resource, permissions: Iterable[str], grantable: Iterable[str] = ()
    ) -> None:
        """Take permissions, or the right to pass them on, from a principal.

        Raises:
            LakeFormationError: The principal does not hold all of them.
        """
        taken = expanded(resource, permissions)
        passed_on = expanded(resource, grantable) | taken
        parts = list(_split(resource))
        for each in parts:
            held = self.held(principal, each)
            lacking = taken - expanded(each, held.permissions) or (
                expanded(each, grantable) - expanded(each, held.grantable)
            )
            if lacking:
                raise invalid(f"No permissions revoked. Grantee does not have: {', '.join(sorted(lacking))}")
        for each in parts:
            held = self.held(principal, each)
            self._put(principal, each, expanded(each, held.permissions) - taken, held, passed_on)

    def _put(
        self, principal: str, resource: Resource, kept: Permissions, before: Held, passed_on: Permissions
    ) -> None:
        if not kept:
            del self._held[principal, resource]
            return
        whole = "ALL" in before.permissions and kept == possible(resource)
        grantable = expanded(resource, before.grantable) - passed_on
        self._held[principal, resource] = Held(frozenset({"ALL"}) if whole else kept, grantable)

    def held(self, principal: str, resource: Resource) -> Held:
        """What a principal holds on exactly this resource."""
        parts = [self._held.get((principal, each), Held()) for each in _split(resource)]
        common = frozenset.intersection(*(each.permissions for each in parts))
        return Held(common, frozenset.intersection(*(each.grantable for each in parts)))

    def of(self, principals: Iterable[str]) -> Iterator[Grant]:
        """What any of these principals holds."""
        wanted = frozenset(principals)
        for (principal, resource), held in self._held.items():
            if principal in wanted:
                yield Grant(principal, resource, held)

    def all(self) -> list[Grant]:
        """Every grant, included columns of the same permissions in one."""
        united: dict[tuple[str, str, str, Held], frozenset[str]] = {}
        found = []
        for (principal, resource), held in self._held.items():
            if isinstance(resource, Columns) and not resource.excluded:
                key = principal, resource.database, resource.table, held
                united[key] = united.get(key, frozenset()) | resource.names
            else:
                found.append(Grant(principal, resource, held))
        for (principal, database, table, held), names in united.items():
            found.append(Grant(principal, Columns(database, table, names), held))
        return found

    def forget(self, gone: Iterable[Resource]) -> None:
        """Drop the grants on resources that were deleted."""
        resources = frozenset(gone)
        self._held = {key: held for key, held in self._held.items() if key[1] not in resources}

    def resources(self) -> frozenset[Resource]:
        """What anybody holds anything on."""
        return frozenset(resource for _, resource in self._held)


def _split(resource: Resource) -> Iterator[Resource]:
    if isinstance(resource, Columns) and not resource.excluded:
        yield from (replace(resource, names=frozenset({name})) for name in sorted(resource.names))
    else:
        yield resource
