"""A user of a PostgreSQL database, whose password changes in place.

Connections that are open stay so. The database is given a verifier, not the password, which could else stand
in its log.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection, identifier, literal
from shared.errors import TerminalError, TransientError

from secret_rotation.steps import Value
from secret_rotation.trust import context

_PARTS = ("host", "port", "username", "password")
_WRONG = {"28P01", "28000"}
"""Codes of a login that is refused: https://www.postgresql.org/docs/current/errcodes-appendix.html"""
_BYTES = 32
_SECONDS = 20
_ITERATIONS = 4096
"""What PostgreSQL takes by itself, `scram_iterations`."""


class Postgresql:
    """A database, by its name; host, port and user are the secret's."""

    def __init__(self, database: str) -> None:
        """Take the name of the database to log in to."""
        self._database = database

    def renew(self, current: Value) -> Value:
        """Return the same with another password."""
        _check(current)
        return {**current, "password": secrets.token_urlsafe(_BYTES)}

    def set(self, pending: Value, current: Value, previous: Value | None) -> None:
        """Give the user the pending password, logged in by the first value that still works.

        Raises:
            TerminalError: None works, or it is of another user or server.
        """
        known = [current, *([previous] if previous else [])]
        if any(each.get(part) != pending.get(part) for each in known for part in _PARTS[:3]):
            raise TerminalError("host, port or user of the secret changed: give its first value by hand")
        for value in (pending, *known):
            with self._connected(value) as connection:
                if connection is None:
                    continue
                if value is not pending:
                    user, verifier = identifier(pending["username"]), verifier_of(pending["password"])
                    connection.run(f"ALTER USER {user} WITH PASSWORD {literal(verifier)}")
                return
        raise TerminalError(
            f"no password of the secret lets {current['username']} in at {current['host']}: give the user "
            "the one that is AWSCURRENT"
        )

    def test(self, pending: Value) -> None:
        """Log in."""
        with self._connected(pending) as connection:
            if connection is None:
                raise TerminalError(f"{pending['username']} is not let in at {pending['host']} anew")
            connection.run("SELECT 1")

    @contextmanager
    def _connected(self, value: Value) -> Iterator[Connection | None]:
        """Log in over TLS; None if the password is refused."""
        _check(value)
        try:
            connection = Connection(
                value["username"],
                host=value["host"],
                port=int(value["port"]),
                database=self._database,
                password=value["password"],
                ssl_context=context(),
                timeout=_SECONDS,
                application_name="secret-rotation",
            )
        except DatabaseError as error:
            if isinstance(error.args[0], dict) and error.args[0].get("C") in _WRONG:
                yield None
                return
            raise
        except InterfaceError as error:
            raise TransientError(f"{value['host']}:{value['port']} was not reached: {error}") from error
        try:
            yield connection
        finally:
            connection.close()


def verifier_of(password: str) -> str:
    """Return what PostgreSQL keeps of a password of ASCII letters, digits, `-` and `_`.

    https://www.postgresql.org/docs/current/catalog-pg-authid.html, RFC 5802 and 7677.
    """
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, _ITERATIONS)
    client = hmac.digest(salted, b"Client Key", "sha256")
    stored, server = hashlib.sha256(client).digest(), hmac.digest(salted, b"Server Key", "sha256")
    parts = (base64.b64encode(each).decode() for each in (salt, stored, server))
    return "SCRAM-SHA-256${}:{}${}:{}".format(_ITERATIONS, *parts)


def _check(value: Value) -> None:
    if missing := [part for part in _PARTS if not value.get(part)]:
        raise TerminalError(f"the secret lacks {', '.join(missing)}; allowed: {', '.join(_PARTS)}")
