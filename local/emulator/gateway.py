"""Which requests reach the emulator, and which the launcher answers or refuses itself.

ministack 1.5.33 answers paths of its own before it asks for credentials: to wipe its state, to change its
settings, to read messages, code and registry. None of them is AWS's, so they are closed, to everybody.
"""

import asyncio
import hmac
import json
from typing import Any

from ministack.app import _is_ecr_registry_path, app

from local.emulator import control

_CLOSED = ("/_ministack/", "/_localstack/")
_OPEN = ("/_ministack/cfn-response/", "/_ministack/cfn-signal/")
"""Where a custom resource or a signal answers CloudFormation: the random token in the path is the right to do
so, as is the signature in the address that AWS hands out."""


class Gateway:
    """The ASGI application in front of the emulator.

    Args:
        token: Bearer token that requests below `/_lake/` must carry.
    """

    def __init__(self, token: str) -> None:
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer the launcher's own requests, refuse the emulator's doors, and pass on all others."""
        if scope["type"] != "http":
            await app(scope, receive, send)
        elif scope["path"].startswith("/_lake/"):
            await _answer(send, *await self._control(scope))
        elif _closed(scope["method"], scope["path"]):
            reason = f"the embedded AWS does not open {scope['path']}: ask AWS's own API instead"
            await _answer(send, 403, {"__type": "AccessDeniedException", "message": reason})
        else:
            await app(scope, receive, send)

    async def _control(self, scope: Any) -> tuple[int, object]:
        given = dict(scope["headers"]).get(b"authorization", b"")
        if not hmac.compare_digest(given, self._expected):
            return 403, {"message": "only the process that started the embedded AWS may ask this"}
        action = control.ACTIONS.get((scope["method"], scope["path"]))
        return (404, None) if action is None else (200, await asyncio.to_thread(action))


def _closed(method: str, path: str) -> bool:
    if method == "PUT" and path.startswith(_OPEN):
        return False
    return path.startswith(_CLOSED) or path == "/health" or _is_ecr_registry_path(path)


async def _answer(send: Any, status: int, body: object) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
