"""An API over HTTP that lets in by tokens, which it issues and gives up."""

import json
import secrets
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Api:
    """A running API."""

    url: str = ""
    tokens: set[str] = field(default_factory=lambda: {"first"})
    """Those that let in."""
    broken: int = 0
    """Status with which every request is answered; 0: as it should be."""
    issues_bad: bool = False
    """Whether issued tokens let nobody in."""

    def issue(self) -> dict[str, str]:
        """Issue a token."""
        token = secrets.token_hex()
        if not self.issues_bad:
            self.tokens.add(token)
        return {"token": token}


class _Server(ThreadingHTTPServer):
    def __init__(self, api: Api) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.api = api


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def _answer(self, status: int, body: Any = None) -> None:
        self.send_response(status)
        self.end_headers()
        if body is not None:
            self.wfile.write(json.dumps(body).encode())

    def _let_in(self) -> str:
        """Return the token of the request; empty, and answered, if it lets nobody in."""
        api, token = self.server.api, self.headers["Authorization"].removeprefix("Bearer ")
        if api.broken or token not in api.tokens:
            self._answer(api.broken or HTTPStatus.UNAUTHORIZED)
            return ""
        return str(token)

    def do_GET(self) -> None:
        if self._let_in():
            self._answer(HTTPStatus.OK, [])

    def do_POST(self) -> None:
        if self._let_in():
            self._answer(HTTPStatus.CREATED, self.server.api.issue())

    def do_DELETE(self) -> None:
        if token := self._let_in():
            self.server.api.tokens.discard(token)
            self._answer(HTTPStatus.OK, {})

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def api(tls: ssl.SSLContext) -> Iterator[Api]:
    """Run one, with a context of a server for localhost."""
    state = Api()
    with _Server(state) as server:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        state.url = f"https://localhost:{server.server_address[1]}"
        yield state
        server.shutdown()
