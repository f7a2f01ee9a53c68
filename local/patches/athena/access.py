"""Athena authorizes a query's status and results against the work group that ran it.

ministack 1.5.33 takes the work group that a request names, also where the request is about a query of
another one, which lets everybody read everybody's results. It takes `*` for requests that name a query, a
saved query or a catalog alone, which denies what AWS allows:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonathena.html

Proven by `tests/local/patches/athena/test_access.py`.
"""

import json
from collections.abc import Iterator
from typing import Any

from ministack.core import iam_actions
from ministack.services import athena

_original = iam_actions.extract_resource_arn


def complete_resources() -> None:
    """Complete the resource of Athena's requests."""
    iam_actions.extract_resource_arn = _resource


def _resource(service: str, method: str, path: str, headers: Any, body: bytes, *rest: Any) -> str:
    request = json.loads(body or b"{}") if service == "athena" else {}
    named = {*_named(request)}
    if not named:
        return str(_original(service, method, path, headers, body, *rest))
    _, region, account = rest
    return f"arn:aws:athena:{region}:{account}:{named.pop()}" if len(named) == 1 else "*"


def _named(request: dict[str, Any]) -> Iterator[str]:
    """What a request is about: the work groups of its queries, or a catalog."""
    for one in [*request.get("QueryExecutionIds", []), request.get("QueryExecutionId", "")]:
        if execution := athena._executions.get(one):
            yield f"workgroup/{execution['WorkGroup']}"
    for one in [*request.get("NamedQueryIds", []), request.get("NamedQueryId", "")]:
        if saved := athena._named_queries.get(one):
            yield f"workgroup/{saved['WorkGroup']}"
    if catalog := request.get("CatalogName"):
        yield f"datacatalog/{catalog}"
