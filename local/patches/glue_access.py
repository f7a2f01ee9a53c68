"""Glue's Data Catalog authorizes a request against the table or the database that it names.

ministack 1.5.33 asks for the database where a table is named, so that a permission on one table opens its
whole database; and for a table of the database's name where a database is, which denies what AWS allows.
AWS asks for the table, its database and the catalog; here it is the innermost of them.
https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html

Proven by `tests/local/patches/test_glue_access.py`.
"""

import json
from typing import Any

from ministack.core import iam_actions

_original = iam_actions.extract_resource_arn
_DATABASES = ("GetDatabase", "CreateDatabase", "UpdateDatabase", "DeleteDatabase")
_TABLES = ("GetTable", "CreateTable", "UpdateTable", "DeleteTable", "GetTableVersion", "GetTableVersions")


def apply() -> None:
    """Complete the resource of the catalog's requests."""
    iam_actions.extract_resource_arn = _resource


def _resource(service: str, method: str, path: str, headers: Any, body: bytes, *rest: Any) -> str:
    action = headers.get("x-amz-target", "").rpartition(".")[2] if service == "glue" else ""
    entry = _entry(action, json.loads(body or b"{}")) if action else ""
    if not entry:
        return str(_original(service, method, path, headers, body, *rest))
    _, region, account = rest
    return f"arn:aws:glue:{region}:{account}:{entry}"


def _entry(action: str, request: dict[str, Any]) -> str:
    if action in _DATABASES:
        return f"database/{request.get('Name') or request.get('DatabaseInput', {}).get('Name', '')}"
    table = request.get("TableName", "")
    if action in _TABLES and not table:
        table = request.get("Name") or request.get("TableInput", {}).get("Name", "")
    return f"table/{request.get('DatabaseName', '')}/{table}" if table else ""
