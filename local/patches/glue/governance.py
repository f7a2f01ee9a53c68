"""Lake Formation has a say in the requests of Glue's Data Catalog, after IAM allowed them.

ministack 1.5.33 has no Lake Formation. The service of `local.services.lakeformation` governs when it starts;
without it IAM decides alone.

Proven by `tests/local/services/lakeformation`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack.core.router import extract_access_key_id
from ministack.services import glue

Response = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class CatalogRequest:
    """A request to Glue that IAM allows.

    Attributes:
        access_key: Whose request it is.
        action: Such as `GetTable`; empty for one of the Iceberg REST catalog.
        data: Its members.
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
_ungoverned = glue._handle_request_sync


def apply() -> None:
    """Let governors answer."""
    glue._handle_request_sync = _handle


def govern(governor: Governor) -> None:
    """Let somebody answer the catalog's requests from now on, who may refuse them or shorten answers."""
    _governors[:] = [governor]


def _handle(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Any:
    def answer() -> Response:
        response: Response = _ungoverned(method, path, headers, body, query)
        return response

    if not _governors:
        return answer()
    rest = path.startswith("/iceberg")
    action = "" if rest else str(headers.get("x-amz-target", "")).rpartition(".")[2]
    data = json.loads(body or b"{}") if action else {}
    iceberg = (glue.iceberg_iam_checks(method, path, body, query) or []) if rest else []
    access_key = extract_access_key_id(headers, query)
    return _governors[0](CatalogRequest(access_key, action, data, iceberg, answer))
