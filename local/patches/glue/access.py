"""Glue's Data Catalog asks for the table or database that a request names, and for all above it.

ministack 1.5.33 asks for the database where a table is named, so that a permission on one table opens its
whole database; for a table of the database's name where a database is, which denies what AWS allows; and
never for the catalog. AWS wants the permission on the resource and on each of its ancestors.
https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html

Proven by `tests/local/patches/glue/test_access.py`. Not emulated: deleting a database also needs the right to
delete its tables.
"""

import json
import uuid
from typing import Any

from ministack.core import iam_actions
from ministack.core.iam_actions import access_denied_response, identity_denial_message
from ministack.core.iam_evaluator import AuthError, enforce
from ministack.core.responses import get_account_id, get_region
from ministack.core.router import extract_access_key_id
from ministack.services import glue

_DATABASES = ("GetDatabase", "CreateDatabase", "UpdateDatabase", "DeleteDatabase")
_OF_DATABASES = ("GetTables", "BatchDeleteTable")
_TABLES = ("GetTable", "CreateTable", "UpdateTable", "DeleteTable")

_emulator_request, _emulator_resource = glue.handle_request, iam_actions.extract_resource_arn


def apply() -> None:
    """Complete the resource of the catalog's requests, and ask for what is above it."""
    iam_actions.extract_resource_arn = _resource
    glue.handle_request = _handle


def _resource(service: str, method: str, path: str, headers: Any, body: bytes, *rest: Any) -> str:
    named = _named(headers, body) if service == "glue" else []
    if not named:
        return str(_emulator_resource(service, method, path, headers, body, *rest))
    _, region, account = rest
    return f"arn:aws:glue:{region}:{account}:{named[0]}"


async def _handle(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Any:
    """Ask for the ancestors; the emulator's door asked for the resource itself."""
    caller, action = extract_access_key_id(headers, query), f"glue:{_action(headers)}"
    for name in _named(headers, body)[1:]:
        arn = f"arn:aws:glue:{get_region()}:{get_account_id()}:{name}"
        decision = enforce(caller, action, "glue", get_region(), arn, {}) if caller else None
        if decision is not None and not isinstance(decision, AuthError):
            denied = decision.decision == "Deny"
            message = identity_denial_message(action, decision.principal_arn, arn, denied)
            return access_denied_response(
                "glue", action, decision.principal_arn, str(uuid.uuid4()), message=message
            )
    return await _emulator_request(method, path, headers, body, query)


def _named(headers: Any, body: bytes) -> list[str]:
    """What a request is about, the innermost first; empty for requests that are not about the catalog."""
    action = _action(headers)
    request = json.loads(body or b"{}") if action else {}
    database = f"database/{request.get('DatabaseName', '')}"
    if action in _DATABASES:
        name = request.get("Name") or request.get("DatabaseInput", {}).get("Name", "")
        return [f"database/{name}", "catalog"]
    if action in _OF_DATABASES:
        return [database, "catalog"]
    table = request.get("TableName") or (
        (request.get("Name") or request.get("TableInput", {}).get("Name", "")) if action in _TABLES else ""
    )
    return [f"table/{request['DatabaseName']}/{table}", database, "catalog"] if table else []


def _action(headers: Any) -> str:
    return str(headers.get("x-amz-target", "")).rpartition(".")[2]
