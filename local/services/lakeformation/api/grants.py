"""Grants: given, taken, and listed."""

from collections.abc import Iterator
from typing import Any

from ministack.core.responses import get_account_id

from local.services.lakeformation.api.base import Base, Json, answers, page
from local.services.lakeformation.lake import (
    Entry,
    check_principal,
    columns,
    partition_keys,
    require,
    require_table,
)
from local.services.lakeformation.model import granting, resources
from local.services.lakeformation.model.errors import LakeFormationError, denied, invalid, missing
from local.services.lakeformation.model.grants import Grant
from local.services.lakeformation.model.locations import covers
from local.services.lakeformation.model.resources import (
    Columns,
    Filter,
    Location,
    Resource,
    Table,
    Tag,
    TagPolicy,
)
from local.services.lakeformation.model.shares import account_of, is_account
from local.services.service import Fault, Request


class GrantOperations(Base):
    """`*Permissions`."""

    @answers(of_others=True)
    def grant_permissions(self, request: Request) -> Json:
        """Grant."""
        self._grant(request)
        return {}

    @answers(of_others=True)
    def revoke_permissions(self, request: Request) -> Json:
        """Revoke."""
        self._revoke(request)
        return {}

    @answers()
    def batch_grant_permissions(self, request: Request) -> Json:
        """Grant entry by entry; those that fail are told."""
        return {"Failures": list(_failures(request, self._grant))}

    @answers()
    def batch_revoke_permissions(self, request: Request) -> Json:
        """Revoke entry by entry; those that fail are told."""
        return {"Failures": list(_failures(request, self._revoke))}

    @answers(of_others=True)
    def list_permissions(self, request: Request) -> Json:
        """List grants: an administrator sees all, another account those to it and its principals."""
        principal = request.get("Principal", {}).get("DataLakePrincipalIdentifier")
        resource = resources.parse(request["Resource"]) if "Resource" in request else None
        found = [
            _shape(each)
            for each in self.lake.grants.all()
            if self._sees(each.principal)
            and principal in (None, each.principal)
            and (resource is None or _concerns(each.resource, resource))
        ]
        kind = request.get("ResourceType")
        meant = [each for each in found if kind is None or kind in _kinds(each["Resource"])]
        return page("PrincipalResourcePermissions", meant, request)

    @answers()
    def get_effective_permissions_for_path(self, request: Request) -> Json:
        """List the grants on a location, those on locations around it included."""
        found = [
            _shape(each)
            for each in self.lake.grants.all()
            if isinstance(each.resource, Location) and covers(each.resource.arn, request["ResourceArn"])
        ]
        return page("Permissions", [each for each in found if self._sees_all()], request)

    def _grant(self, entry: Request) -> None:
        caller = self.caller or ""
        if self.lake.is_of_another(caller) and not self.lake.reached_by(caller):
            raise denied(granting.NOT_AUTHORIZED)
        wanted, table = self._read(entry)
        check_principal(wanted.principal)
        keys = [each["Name"].lower() for each in partition_keys(table)] if table else []
        granting.check(self.lake, wanted, keys)
        self._authorize(wanted, table)
        self.state.grants.grant(wanted.principal, wanted.resource, wanted.permissions, wanted.grantable)

    def _revoke(self, entry: Request) -> None:
        wanted, table = self._read(entry, lenient=True)
        if not self._passes_on(wanted.principal):  # what it passed on, an account takes back also later
            self._authorize(wanted, table)
        self.lake.grants.revoke(wanted.principal, wanted.resource, wanted.permissions, wanted.grantable)

    def _read(self, entry: Request, *, lenient: bool = False) -> tuple[granting.Request, Entry | None]:
        """What is asked, and the entry of the table or database that it is about.

        Grants can be revoked on columns and tags that are gone.
        """
        if entry.get("Condition") or "Principal" not in entry or "Resource" not in entry:
            raise invalid("Principal and Resource must be given; Condition is not emulated")
        resource = resources.parse(entry["Resource"])
        if lenient and isinstance(resource, Columns):
            found: Entry | None = require_table(resource.database, resource.table)
        else:
            found = require(resource)
        if not lenient:
            self._check(resource)
        request = granting.Request(
            entry["Principal"]["DataLakePrincipalIdentifier"],
            resource,
            frozenset(entry.get("Permissions", [])),
            frozenset(entry.get("PermissionsWithGrantOption", [])),
        )
        return request, found

    def _check(self, resource: Resource) -> None:
        if isinstance(resource, Filter) and resource not in self.lake.filters:
            raise missing(f"Data cells filter not found: {resource.name}")
        tags = resource.expression if isinstance(resource, TagPolicy) else {resource}
        for tag in tags:
            if isinstance(tag, Tag) and tag.values - {"*"} - self.state.tags.values(tag.key):
                raise missing("Tag or tag value does not exist.")

    def _authorize(self, wanted: granting.Request, table: Entry | None) -> None:
        """Refuse who may not grant; principals of another account get what that account passes on."""
        passes_on = self._passes_on(wanted.principal)
        if self.lake.is_of_another(self.caller or "") and not passes_on:
            raise denied(granting.NOT_AUTHORIZED)
        if self.lake.is_of_another(wanted.principal) and not (passes_on or is_account(wanted.principal)):
            raise invalid("Grants to single principals of another account are not emulated")
        if self.caller is not None:
            granting.authorize(self.lake, self.caller, wanted, columns(table) if table else {})

    def _passes_on(self, principal: str) -> bool:
        """Whether the caller is another account, and the principal somebody of it."""
        return account_of(principal) == self.caller and not is_account(principal)

    def _sees(self, principal: str) -> bool:
        return self._sees_all() or self.caller in (principal, account_of(principal))

    def _sees_all(self) -> bool:
        return self.caller is None or self.state.sees_all(self.caller)


def _failures(request: Request, change: Any) -> Iterator[Json]:
    for entry in request["Entries"]:
        try:
            change(entry)
        except (LakeFormationError, Fault) as error:
            detail = {"ErrorCode": error.code, "ErrorMessage": str(error)}
            yield {"RequestEntry": entry, "Error": detail}


def _shape(grant: Grant) -> Json:
    return {
        "Principal": {"DataLakePrincipalIdentifier": grant.principal},
        "Resource": resources.shape(grant.resource, get_account_id()),
        "Permissions": sorted(grant.held.permissions),
        "PermissionsWithGrantOption": sorted(grant.held.grantable),
    }


def _concerns(held: Resource, asked: Resource) -> bool:
    """Whether a grant is about what is asked for: a table stands for its columns and filters, too."""
    if isinstance(asked, Table) and isinstance(held, Columns | Filter):
        return (held.database, held.table) == (asked.database, asked.name)
    return held == asked


def _kinds(shape: Json) -> set[str]:
    kind = next(iter(shape))
    names = {
        "Catalog": "CATALOG",
        "Database": "DATABASE",
        "Table": "TABLE",
        "TableWithColumns": "TABLE",
        "DataLocation": "DATA_LOCATION",
        "LFTag": "LF_TAG",
        "LFTagPolicy": "LF_TAG_POLICY",
    }
    inner = shape[kind].get("ResourceType")
    return {names.get(kind, ""), f"LF_TAG_POLICY_{inner}"}
