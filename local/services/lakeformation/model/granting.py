"""What may be granted to whom: permissions that fit a resource, principals that can hold them, grantors.

https://docs.aws.amazon.com/lake-formation/latest/dg/lf-permissions-reference.html
https://docs.aws.amazon.com/lake-formation/latest/dg/data-filtering-notes.html
"""

from collections.abc import Collection
from dataclasses import dataclass

from local.services.lakeformation.model.errors import denied, invalid
from local.services.lakeformation.model.grants import IAM_ALLOWED_PRINCIPALS, WRITING, expanded, possible
from local.services.lakeformation.model.permissions import Permissions
from local.services.lakeformation.model.resources import (
    EVERY_TABLE,
    Columns,
    Database,
    Filter,
    Resource,
    Table,
    Tag,
)

MOST_FILTERS = 100
"""Filters that a principal may hold SELECT on in one table."""
NOT_AUTHORIZED = "Resource does not exist or requester is not authorized to access requested permissions."


@dataclass(frozen=True)
class Request:
    """What a caller wants to grant or to revoke."""

    principal: str
    resource: Resource
    permissions: frozenset[str]
    grantable: frozenset[str] = frozenset()


def check(lake: Permissions, request: Request, partition_keys: Collection[str] = ()) -> None:
    """Refuse a grant that makes no sense.

    Raises:
        LakeFormationError: A permission does not fit the resource, or the principal cannot hold it.
    """
    given = request.permissions | request.grantable
    allowed = possible(request.resource) | {"ALL"}
    if not given or not given <= allowed:
        raise invalid(
            f"Permissions modification is invalid: {', '.join(sorted(given - allowed)) or 'none given'}; on "
            f"{type(request.resource).__name__} there are {', '.join(sorted(allowed))}"
        )
    if not request.grantable <= request.permissions and "ALL" not in request.permissions:
        raise invalid("PermissionsWithGrantOption must be among Permissions")
    if lake.is_of_another(request.principal):
        _check_sharing(request)
    if request.principal == IAM_ALLOWED_PRINCIPALS and _is_wildcard(request.resource):
        raise invalid("Grant on table wildcard is not allowed")
    if isinstance(request.resource, Columns):
        _check_columns(lake, request, request.resource, partition_keys)
    elif isinstance(request.resource, Table):
        _check_table(lake, request, request.resource)
    elif isinstance(request.resource, Filter) and "SELECT" in expanded(request.resource, given):
        _check_filters(lake, request.principal, request.resource)


def authorize(lake: Permissions, grantor: str, request: Request, columns: Collection[str] = ()) -> None:
    """Refuse a grantor who is no administrator and was not given the right to grant this.

    Args:
        lake: The state.
        grantor: ARN of the role or user.
        request: What they want to grant or revoke.
        columns: The columns of the table that it is about.

    Raises:
        LakeFormationError: They may not.
    """
    if lake.is_admin(grantor):
        return
    wanted = expanded(request.resource, request.permissions | request.grantable)
    if not wanted <= _may_grant(lake, grantor, request.resource, columns):
        raise denied(NOT_AUTHORIZED)


def _may_grant(
    lake: Permissions, grantor: str, resource: Resource, columns: Collection[str]
) -> frozenset[str]:
    direct = frozenset(
        one
        for name in lake.identities(grantor)
        for one in expanded(resource, lake.grants.held(name, resource).grantable)
    )
    if isinstance(resource, Tag):
        others = (each for each in lake.held_by(grantor) if isinstance(each.resource, Tag))
        wider = (each for each in others if _is_wider(each.resource, resource))
        return direct | {one for each in wider for one in expanded(resource, each.held.grantable)}
    if isinstance(resource, Table) and resource.name != EVERY_TABLE:
        return direct | lake.evaluate(grantor, resource.database, resource.name, columns).grantable
    if isinstance(resource, Columns | Filter):
        whole = lake.evaluate(grantor, resource.database, resource.table, columns).grantable
        return direct | (possible(resource) if "SELECT" in whole else frozenset())
    made = frozenset(possible(resource)) if lake.creators.get(resource) == grantor else frozenset()
    return direct | made


def _is_wider(held: Resource, wanted: Tag) -> bool:
    return (
        isinstance(held, Tag)
        and held.key == wanted.key
        and (wanted.values <= held.values or "*" in held.values)
    )


def _check_sharing(request: Request) -> None:
    """Refuse what accounts do not share with one another.

    https://docs.aws.amazon.com/lake-formation/latest/dg/cross-account-permissions.html
    """
    if not isinstance(request.resource, Database | Table | Columns | Filter):
        raise invalid(f"Sharing {type(request.resource).__name__} with another account is not emulated")
    if "ALL" in request.permissions | request.grantable:
        raise invalid("Super is not available for other accounts")


def _is_wildcard(resource: Resource) -> bool:
    return isinstance(resource, Table) and resource.name == EVERY_TABLE


def _check_columns(
    lake: Permissions, request: Request, columns: Columns, partition_keys: Collection[str]
) -> None:
    if columns.excluded and request.grantable:
        raise invalid("Grant option needs a list of included columns")
    if columns.excluded and (kept := columns.names & frozenset(partition_keys)):
        raise invalid(f"Column filtering is not supported on the partition column {', '.join(sorted(kept))}")
    held = lake.grants.held(request.principal, Table(columns.database, columns.table)).permissions
    if writing := expanded(Table("", ""), held) & WRITING:
        raise invalid(
            f"Grantee holds {', '.join(sorted(writing))} on the table and so cannot see a part of its columns"
        )


def _check_table(lake: Permissions, request: Request, table: Table) -> None:
    writing = expanded(table, request.permissions) & WRITING
    partly = any(
        isinstance(each.resource, Columns)
        and each.resource.database == table.database
        and table.name in (EVERY_TABLE, each.resource.table)
        for each in lake.grants.of([request.principal])
    )
    if writing and partly:
        raise invalid(
            f"Grantee sees a part of the table's columns and so cannot hold {', '.join(sorted(writing))}"
        )


def _check_filters(lake: Permissions, principal: str, wanted: Filter) -> None:
    held = {
        each.resource
        for each in lake.grants.of([principal])
        if isinstance(each.resource, Filter)
        and (each.resource.database, each.resource.table) == (wanted.database, wanted.table)
        and "SELECT" in expanded(each.resource, each.held.permissions)
    }
    if len(held | {wanted}) > MOST_FILTERS:
        raise invalid(f"A principal may hold SELECT on {MOST_FILTERS} filters of a table")
