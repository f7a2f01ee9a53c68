"""Runs queries in processes that `worker` forks, and ends those that take too long or are stopped."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from local.patches.athena.errors import QueryError
from local.patches.athena.session import Session

TIMEOUT_SECONDS = 30 * 60.0
"""https://docs.aws.amazon.com/athena/latest/ug/service-limits.html: a DML query's timeout"""

_WORKER = Path(__file__).with_name("worker.py")
_lock = threading.Lock()
_started: list[tuple[subprocess.Popen[bytes], socket.socket]] = []
"""Workers, of which the last one runs."""


def run(session: Session, request: tuple[Any, ...]) -> tuple[Any, ...]:
    """What the worker answers to a request; see `worker._serve`.

    Raises:
        QueryError: The query was stopped, took too long, or its process ended.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        _hand_over(theirs.fileno())
    connection: Any = Connection(ours.detach())
    with connection:
        child: int = connection.recv()
        with _ending(session, child):
            try:
                connection.send(request)
                response: tuple[Any, ...] = connection.recv()
            except (EOFError, OSError):  # it was ended, or ended itself for want of memory
                response = ("cancelled" if session.cancelled else "exhausted",)
    if response[0] == "cancelled":
        raise QueryError("Query was cancelled")
    return response


@contextmanager
def _ending(session: Session, child: int) -> Iterator[None]:
    """End the child when the session is cancelled, and at the timeout."""

    def end() -> None:
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            os.kill(child, signal.SIGKILL)

    timer = threading.Timer(TIMEOUT_SECONDS, end)
    timer.daemon = True
    timer.start()
    session.on_cancel = end
    if session.cancelled:
        end()
    try:
        yield
    finally:
        session.on_cancel = None
        timer.cancel()


def _hand_over(descriptor: int) -> None:
    with _lock:
        if not _started or _started[-1][0].poll() is not None:  # the first query, or ended from outside
            _started.append(_start())
        socket.send_fds(_started[-1][1], [b"q"], [descriptor])


def _start() -> tuple[subprocess.Popen[bytes], socket.socket]:
    ours, theirs = socket.socketpair()
    with theirs:
        # -P, so that modules beside the script do not stand for the library's
        return subprocess.Popen([sys.executable, "-P", str(_WORKER)], stdin=theirs.fileno(), env={}), ours
