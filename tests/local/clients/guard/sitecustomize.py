"""Refuses, and notes, that a Python program connects to any machine but this one."""

import os
import sys

_HERE = {"localhost", "127.0.0.1", "::1", "", None}
_EVENTS = {
    "socket.connect": lambda arguments: arguments[1],
    "socket.getaddrinfo": lambda arguments: arguments,
}


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    place = _EVENTS[event](arguments) if event in _EVENTS else None
    if isinstance(place, tuple) and place[0] not in _HERE:
        with open(os.environ["LAKE_REACHED"], "a") as file:  # noqa: PTH123 (pathlib is slow to import)
            file.write(f"{sys.argv}: {event} {place[0]}\n")
        raise ConnectionRefusedError(f"only this machine may be asked, not {place[0]!r}")


sys.addaudithook(_watch)
