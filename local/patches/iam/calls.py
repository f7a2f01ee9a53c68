"""Whoever records requests is told of each one: who asked for what, and what was answered.

ministack 1.5.33 tells CloudTrail's memory of those that it served, without the one who asked, and of none
that IAM refused. Here listeners are told of every request that came in by the door, and of what services did
by themselves in somebody's name. Nothing of it is looked at while the caller waits.

Proven by `tests/local/patches/cloudtrail`. Not told: requests to a bucket by its host name, and what services
of the emulator do without a request, CloudFormation's own types among it.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ministack import app
from ministack.core.responses import get_account_id

_BODY_MAX = 256 * 1024
"""Bytes of a request that are kept; CloudTrail's events are no larger."""


@dataclass(frozen=True)
class Call:
    """A request and its answer."""

    at: float
    seconds: float
    account: str
    request_id: str
    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, Any]
    body: bytes
    """Nothing of what is put into an object, or is too large."""
    length: int
    """Bytes of the request's body."""
    status: int
    answer: Mapping[str, str]
    """Headers."""
    said: bytes
    """Body of an answer that is an error."""


@dataclass(frozen=True)
class Deed:
    """What a service did by itself for somebody."""

    account: str
    region: str
    source: str
    """Such as `kms.amazonaws.com`."""
    name: str
    """Operation, such as `Decrypt`."""
    access_key: str
    """Of whom it was done for; empty if a service asked for itself."""
    service: str
    """Service that asked, such as `glue.amazonaws.com`."""
    parameters: Mapping[str, Any]
    resources: tuple[tuple[str, str], ...] = ()
    """Pairs of type and ARN."""
    additional: Mapping[str, Any] = field(default_factory=dict)
    error: tuple[str, str] | None = None
    """Code and message."""
    at: float = field(default_factory=time.time)


LISTENERS: list[Callable[[Call | Deed], None]] = []
"""Told in the thread of the request, so they only take note."""

_dispatch = app._dispatch_service_request


def apply() -> None:
    """Listen at the door."""
    app._dispatch_service_request = _listening


def tell(deed: Deed) -> None:
    """Tell listeners of what a service did."""
    for listener in LISTENERS:
        listener(deed)


async def _listening(method: str, path: str, headers: dict[str, str], body: bytes, *rest: Any) -> Any:
    query, request_id = rest
    started = time.time()
    answer = await _dispatch(method, path, headers, body, query, request_id)
    if LISTENERS:
        status, sent, said = answer
        call = Call(
            started,
            time.time() - started,
            get_account_id(),
            request_id,
            method,
            path,
            headers,
            query,
            body if len(body) <= _BODY_MAX and not (method == "PUT" and not query) else b"",
            len(body),
            status,
            sent,
            bytes(said) if status >= 400 and isinstance(said, bytes) else b"",  # noqa: PLR2004 (of HTTP)
        )
        for listener in LISTENERS:
            listener(call)
    return answer
