"""A token of an API over HTTP, which issues another one to who has one.

Two work at any time: the one before the last is given up only when the next is issued, so that who has read
the last one goes on with it.
"""

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from shared.errors import TerminalError, TransientError

from secret_rotation.steps import Value
from secret_rotation.trust import context

_SECONDS = 20
_REFUSED = (401, 403)
_FAULT, _SERVER = 400, 500
_TOKEN = "token"  # noqa: S105 (the name of it)


class ApiToken:
    """An API by three addresses, all of which take the token as `Authorization: Bearer`."""

    def __init__(self, issue: str, test: str, revoke: str | None) -> None:
        """Take the addresses.

        Args:
            issue: POST answers `{"token": …}` with another one.
            test: GET answers 2xx to who is let in.
            revoke: DELETE gives up the token that it is called with; None if tokens end by themselves.
        """
        self._issue, self._test, self._revoke = issue, test, revoke

    def renew(self, current: Value) -> Value:
        """Have another token issued."""
        status, body = self._ask("POST", self._issue, current)
        token = body.get(_TOKEN) if isinstance(body, dict) else None
        if not isinstance(token, str) or not token:
            raise TerminalError(f"{self._issue} answered {status} without a token")
        return {**current, _TOKEN: token}

    def set(self, pending: Value, current: Value, previous: Value | None) -> None:
        """Give up the token before the current one; it may be gone already."""
        if self._revoke and previous and previous.get(_TOKEN) not in (current.get(_TOKEN), None):
            status, _ = self._ask("DELETE", self._revoke, previous, refused=True)
            if status not in _REFUSED and status >= _FAULT:
                raise TerminalError(
                    f"{self._revoke} answered {status}: the token before the last still works"
                )

    def test(self, pending: Value) -> None:
        """Go in."""
        self._ask("GET", self._test, pending)

    def _ask(self, method: str, url: str, value: Value, *, refused: bool = False) -> tuple[int, Any]:
        """Return status and body; neither token nor body is in a message."""
        if not value.get(_TOKEN):
            raise TerminalError(f"the secret lacks {_TOKEN}")
        request = Request(url, method=method, headers={"Authorization": f"Bearer {value[_TOKEN]}"})  # noqa: S310 (settings take https alone)
        try:
            with urlopen(request, timeout=_SECONDS, context=context()) as answer:  # noqa: S310
                return answer.status, json.loads(answer.read() or b"null")
        except HTTPError as error:
            if refused and error.code < _SERVER:
                return error.code, None
            kind = TransientError if error.code >= _SERVER else TerminalError
            raise kind(f"{method} {url} answered {error.code}") from None
        except (URLError, TimeoutError) as error:
            raise TransientError(f"{url} was not reached: {error}") from error
        except ValueError:
            raise TerminalError(f"{url} answered no JSON") from None
