"""Puts checks in front of the emulator's S3, which knows a request by seven arguments."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack.services import s3


@dataclass(frozen=True)
class Request:
    """What a check may know of a request."""

    method: str
    path: str
    """As it was sent: `/bucket/key`, quoted."""
    headers: dict[str, str]
    query: dict[str, Any]
    internal: bool
    """Whether a service of the emulator asks for itself."""


def guard(check: Callable[[Request], Any]) -> None:
    """Let a check answer requests first; what it answers None, whoever answered until now does."""
    serve = s3.handle_request

    async def handle(
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query: dict[str, Any],
        *rest: Any,
        **more: Any,
    ) -> Any:
        request = Request(method, path, headers, query, bool(more.get("internal")))
        return check(request) or await serve(method, path, headers, body, query, *rest, **more)

    s3.handle_request = handle
