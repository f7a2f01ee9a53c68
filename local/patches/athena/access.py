"""Athena authorizes a query's status and results against the work group that ran it.

ministack 1.5.33 finds the work group only in requests that name it, and takes `*` for those that name a
query execution or a saved query, which denies what AWS allows:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonathena.html

Proven by `tests/local/patches/test_athena_access.py`.
"""

import json
from typing import Any

from ministack.core import iam_actions
from ministack.services import athena

_original = iam_actions.extract_resource_arn


def apply() -> None:
    """Complete the resource of Athena's requests."""
    iam_actions.extract_resource_arn = _resource


def _resource(service: str, method: str, path: str, headers: Any, body: bytes, *rest: Any) -> str:
    resource: str = _original(service, method, path, headers, body, *rest)
    if service == "athena" and resource == "*" and (group := _work_group(body)):
        _, region, account = rest
        return f"arn:aws:athena:{region}:{account}:workgroup/{group}"
    return resource


def _work_group(body: bytes) -> str:
    request = json.loads(body or b"{}")
    several = request.get("QueryExecutionIds") or [request.get("QueryExecutionId", "")]
    groups = {execution["WorkGroup"] for one in several if (execution := athena._executions.get(one))}
    if groups:
        return groups.pop() if len(groups) == 1 else ""
    saved = athena._named_queries.get(request.get("NamedQueryId", ""))
    return str((saved or {}).get("WorkGroup", ""))
