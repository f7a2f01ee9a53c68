"""Lake Formation has a say in the requests of Glue's Data Catalog, after IAM allowed them.

ministack 1.5.33 has no Lake Formation. The service of `local.services.lakeformation` governs when it starts;
without it IAM decides alone.

Proven by `tests/local/services/lakeformation`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack import app
from ministack.core.router import extract_access_key_id
from ministack.services import glue

from local.patches.iam import roles

Response = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class CatalogRequest:
    """A request to Glue that IAM allows.

    Attributes:
        access_key: Whose request it is.
        action: Such as `GetTable`; empty for one of the Iceberg REST catalog.
        data: Its members, or its body for one of the Iceberg REST catalog.
        iceberg: For one of the Iceberg REST catalog, the actions that it stands for, with their resources.
        answer: Lets Glue answer it.
    """

    access_key: str
    action: str
    data: dict[str, Any]
    iceberg: list[tuple[str, str]]
    answer: Callable[[], Response]


Governor = Callable[[CatalogRequest], Response]

_governors: list[Governor] = []
_ungoverned, _ungoverned_iceberg = glue._handle_request_sync, glue._handle_iceberg_rest
_enforce_iceberg = app._enforce_iceberg


def apply() -> None:
    """Let governors answer."""
    glue._handle_request_sync = _handle
    glue._handle_iceberg_rest = _handle_iceberg
    app._enforce_iceberg = _remember_caller


def govern(governor: Governor) -> None:
    """Let somebody answer the catalog's requests from now on, who may refuse them or shorten answers."""
    _governors[:] = [governor]


def _handle(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Any:
    action = str(headers.get("x-amz-target", "")).rpartition(".")[2]

    def answer() -> Response:
        response: Response = _ungoverned(method, path, headers, body, query)
        return response

    if not _governors or not action:
        return answer()
    request = CatalogRequest(extract_access_key_id(headers, query), action, _members(body), [], answer)
    return _governors[0](request)


def _handle_iceberg(method: str, path: str, query: dict[str, Any], body: bytes | None = None) -> Any:
    def answer() -> Response:
        response: Response = _ungoverned_iceberg(method, path, query, body=body)
        return response

    if not _governors:
        return answer()
    actions = glue.iceberg_iam_checks(method, path, body, query) or []
    access_key = roles.caller()["AWS_ACCESS_KEY_ID"]
    return _governors[0](CatalogRequest(access_key, "", _members(body), actions, answer))


def _remember_caller(method: str, path: str, headers: dict[str, str], body: bytes, *rest: Any) -> Any:
    """The emulator asks IAM about requests of the Iceberg REST catalog here, and hands no headers on."""
    query, _ = rest
    roles.remember_caller(extract_access_key_id(headers, query))
    return _enforce_iceberg(method, path, headers, body, *rest)


def _members(body: bytes | None) -> dict[str, Any]:
    """The members of a request; Glue refuses what is no JSON."""
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
