"""Athena's own calls about databases and tables: answered from Glue, with the caller's rights there.

ministack 1.5.33 reads its catalog directly, so that whoever may ask Athena sees every table's columns, and
describes tables that do not exist.
https://docs.aws.amazon.com/athena/latest/APIReference/API_GetTableMetadata.html
"""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from ministack.core.responses import error_response_json, json_response

from local.patches.athena.catalog import patterns
from local.patches.athena.errors import QueryError
from local.patches.athena.session import CATALOG
from local.patches.iam import roles

_AT_ONCE = 50


def answer(action: str, data: dict[str, Any]) -> Any:
    """The response to one of `ACTIONS`; errors of Glue's become a MetadataException."""
    catalog = data.get("CatalogName", CATALOG)
    if catalog.lower() != CATALOG:
        return error_response_json("MetadataException", f"Catalog {catalog} is not supported", 400)
    try:
        return json_response(_ACTIONS[action](roles.client("glue", roles.caller()), data))
    except (ClientError, QueryError) as error:
        return error_response_json("MetadataException", str(error), 400)


def _get_database(glue: Any, data: dict[str, Any]) -> dict[str, Any]:
    return {"Database": _database(glue.get_database(Name=data["DatabaseName"])["Database"])}


def _list_databases(glue: Any, data: dict[str, Any]) -> dict[str, Any]:
    found = [one for page in glue.get_paginator("get_databases").paginate() for one in page["DatabaseList"]]
    return _page("DatabaseList", [_database(one) for one in found], data)


def _get_table(glue: Any, data: dict[str, Any]) -> dict[str, Any]:
    found = glue.get_table(DatabaseName=data["DatabaseName"], Name=data["TableName"])["Table"]
    return {"TableMetadata": _table(found)}


def _list_tables(glue: Any, data: dict[str, Any]) -> dict[str, Any]:
    pages = glue.get_paginator("get_tables").paginate(DatabaseName=data["DatabaseName"])
    found = {one["Name"]: one for page in pages for one in page["TableList"]}
    names = patterns.regular(found, data.get("Expression") or ".*")
    return _page("TableMetadataList", [_table(found[name]) for name in names], data)


_ACTIONS: dict[str, Callable[[Any, dict[str, Any]], dict[str, Any]]] = {
    "GetDatabase": _get_database,
    "ListDatabases": _list_databases,
    "GetTableMetadata": _get_table,
    "ListTableMetadata": _list_tables,
}
ACTIONS = frozenset(_ACTIONS)
"""What is answered here."""


def _page(name: str, found: list[dict[str, Any]], data: dict[str, Any]) -> dict[str, Any]:
    start, size = int(data.get("NextToken") or 0), int(data.get("MaxResults") or _AT_ONCE)
    more = {"NextToken": str(start + size)} if start + size < len(found) else {}
    return {name: found[start : start + size], **more}


def _database(found: dict[str, Any]) -> dict[str, Any]:
    described = {"Description": found["Description"]} if found.get("Description") else {}
    return {"Name": found["Name"], "Parameters": found.get("Parameters") or {}, **described}


def _table(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "Name": found["Name"],
        "CreateTime": found["CreateTime"].timestamp(),
        "TableType": found.get("TableType", ""),
        "Columns": [_column(one) for one in found.get("StorageDescriptor", {}).get("Columns", [])],
        "PartitionKeys": [_column(one) for one in found.get("PartitionKeys", [])],
        "Parameters": found.get("Parameters", {}),
    }


def _column(found: dict[str, str]) -> dict[str, str]:
    return {key: found[key] for key in ("Name", "Type", "Comment") if found.get(key)}
