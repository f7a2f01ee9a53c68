"""Requests to Lake Formation, as short as the tests need them."""

from typing import Any

Resource = dict[str, Any]


def of_table(database: str, name: str = "t") -> Resource:
    """A table."""
    return {"Table": {"DatabaseName": database, "Name": name}}


def of_columns(database: str, *names: str, name: str = "t") -> Resource:
    """Columns of a table."""
    return {"TableWithColumns": {"DatabaseName": database, "Name": name, "ColumnNames": list(names)}}


def of_other_columns(database: str, *names: str, name: str = "t") -> Resource:
    """All columns of a table but these."""
    wildcard = {"ExcludedColumnNames": list(names)}
    return {"TableWithColumns": {"DatabaseName": database, "Name": name, "ColumnWildcard": wildcard}}


def of_filter(database: str, filter_name: str, name: str = "t") -> Resource:
    """A data cells filter."""
    return {
        "DataCellsFilter": {
            "TableCatalogId": "000000000000",
            "DatabaseName": database,
            "TableName": name,
            "Name": filter_name,
        }
    }


def of_tags(expression: dict[str, list[str]], kind: str = "TABLE") -> Resource:
    """All tables or databases whose tags match."""
    tags = [{"TagKey": key, "TagValues": values} for key, values in expression.items()]
    return {"LFTagPolicy": {"ResourceType": kind, "Expression": tags}}


def to(principal: str, resource: Resource, *permissions: str, grantable: list[str] | None = None) -> Any:
    """Parameters of a grant or a revocation."""
    return {
        "Principal": {"DataLakePrincipalIdentifier": principal},
        "Resource": resource,
        "Permissions": list(permissions),
        "PermissionsWithGrantOption": grantable or [],
    }


def cells(database: str, name: str, expression: str = "", *columns: str, **more: Any) -> Any:
    """`TableData` of a filter: these columns or all, by this predicate or every row."""
    shown: Resource = {"ColumnNames": list(columns)} if columns else {"ColumnWildcard": {}}
    rows: Resource = {"FilterExpression": expression} if expression else {"AllRowsWildcard": {}}
    place = {"TableCatalogId": "000000000000", "DatabaseName": database, "TableName": "t", "Name": name}
    return {"TableData": {**place, "RowFilter": rows, **shown, **more}}
