"""A table can be a resource link: a name here for a table that another account shares.

ministack 1.5.33 forgets `TargetTable`, and makes an empty table of it. Here the link is kept. Who follows it,
Lake Formation tells (`local.services.lakeformation.links`): without that, it is a table without columns.

Proven by `tests/local/services/lakeformation/test_sharing.py`. Not emulated: links to databases, changes
and partitions through a link, requests with a `CatalogId` of another account.
"""

import json
from typing import Any

from ministack.core.responses import error_response_json, get_account_id
from ministack.services import glue

_create, _handle = glue._create_table, glue._handle_request_sync
_OF_A_TABLE = ("Description", "DatabaseName", "Name", "CreateTime", "UpdateTime", "CatalogId", "VersionId")
"""What a link has of what a table has; all else is its target's."""


def apply() -> None:
    """Keep where links lead, and refuse what would be answered from the wrong account."""
    glue._create_table = _create_table
    glue._handle_request_sync = _refuse_other_catalogs


def _create_table(data: dict[str, Any]) -> Any:
    answer = _create(data)
    target = data.get("TableInput", {}).get("TargetTable")
    key = f"{data.get('DatabaseName')}/{data.get('TableInput', {}).get('Name')}"
    if target and answer[0] == 200:  # noqa: PLR2004 - HTTP's OK
        made = {name: value for name, value in glue._tables[key].items() if name in _OF_A_TABLE}
        glue._tables[key] = {**made, "TargetTable": dict(target)}
    return answer


def _refuse_other_catalogs(
    method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
) -> Any:
    request = json.loads(body or b"{}") if headers.get("x-amz-target") else {}
    catalog = request.get("CatalogId")
    if catalog and catalog != get_account_id():
        message = f"Catalog {catalog} is another account's: make a resource link, others are not emulated"
        return error_response_json("AccessDeniedException", message, 400)
    return _handle(method, path, headers, body, query)
