"""Explains one cell of the matrix: which policies and grants say yes, and which say no."""

from collections.abc import Iterator

from local.services.lakeformation.model.access import AllRows
from local.services.lakeformation.model.grants import Grant
from local.services.lakeformation.model.resources import Columns, Filter, Resource, Table, TagPolicy
from tools.access.matrix import Matrix
from tools.access.tables import CatalogTable
from tools.assembly.policies import Role


def why(matrix: Matrix, role: Role, table: CatalogTable, column: str) -> Iterator[str]:
    """Yield lines for people on why a role reads a column of a table, or why not."""
    reach = matrix.reach(role, table)
    rows = reach.cells.get(column)
    yield f"{role.resource.name} {_verdict(rows)} {column} of {table} by a query"
    yield from (f"  {line}" for line in _iam(matrix, role, table))
    yield from (f"  {line}" for line in _lake_formation(matrix, role, table, column))
    if table.owner:
        yield f"the files are account {table.owner}'s, which grants {table.shared['filter']}"
        return
    acts = ", ".join(reach.files) or "can do nothing with"
    yield f"{role.resource.name} {acts} the files of {table}"
    for decision in matrix.file_requests(role, table, "read"):
        yield f"  to read them: {decision.why}"
    if role.unknown:
        yield f"not known: the text of {', '.join(role.unknown)}, which the templates do not hold"


def _verdict(rows: tuple[str, ...] | None) -> str:
    if rows is None:
        return "does not read"
    return "reads" if "" in rows else f"reads, in rows with {' or '.join(rows)},"


def _iam(matrix: Matrix, role: Role, table: CatalogTable) -> Iterator[str]:
    yield f"IAM, glue:GetTable: {matrix.calls(role, table, 'glue:GetTable').why}"
    if matrix.lake.locations.covering(table.location) is not None:
        given = matrix.decide(role.arn, "lakeformation:GetDataAccess", "*")
        yield f"IAM, lakeformation:GetDataAccess: {given.why}"
    yield f"IAM, athena:StartQueryExecution: {matrix.asks(role).why}"


def _lake_formation(matrix: Matrix, role: Role, table: CatalogTable, column: str) -> Iterator[str]:
    access = matrix.lake.evaluate(role.arn, table.database, table.name, table.columns, table.location)
    if not access.enforced:
        yield "Lake Formation leaves the table to IAM: IAMAllowedPrincipals holds Super on it"
        return
    tags = matrix.lake.tags.of(table.database, table.name, column)
    told = ", ".join(f"{key}={tags[key]}" for key in sorted(tags))
    yield f"Lake Formation, tags of {column}: {told or 'none'}"
    if column in access.cells:
        rows = " or ".join("all rows" if each is AllRows else str(each) for each in access.cells[column])
        yield f"Lake Formation grants {column} in {rows}"
    for grant in matrix.lake.grants.of(matrix.lake.identities(role.arn)):
        if _may_be_about(grant.resource, table):
            mark = "by" if grant in access.sources else "not by"
            yield f"  {mark} {_told(grant)}"


def _may_be_about(resource: Resource, table: CatalogTable) -> bool:
    match resource:
        case TagPolicy(kind):
            return kind == "TABLE"
        case Table(database, name):
            return database == table.database and name in (table.name, "*")
        case Columns(database, name) | Filter(database, name):
            return (database, name) == (table.database, table.name)
    return False


def _told(grant: Grant) -> str:
    permissions = ", ".join(sorted(grant.held.permissions))
    match grant.resource:
        case TagPolicy(_, expression):
            parts = sorted((each.key, sorted(each.values)) for each in expression)
            told = " and ".join(f"{key} in ({', '.join(values)})" for key, values in parts)
            return f"{permissions} where {told}"
        case Filter(_, _, name):
            return f"{permissions} through the filter {name}"
    return f"{permissions} on {grant.resource}"
