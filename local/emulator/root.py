"""Secrets of one start of the embedded AWS: the root user's keys and the launcher's own.

They are made anew at each start, and reach the emulator's process through a pipe: variables that a process
was started with can be read in `/proc` for as long as it lives, and its children inherit them.
"""

import json
import secrets
from dataclasses import asdict, dataclass, field
from typing import Self

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

ACCOUNT = "000000000000"
"""The account of whoever does not name another one."""

_OF_ACCOUNT = "AKIAROOT"
"""Begins the access keys of the root users of other accounts, and their number ends them."""

_LENGTH = len(ACCOUNT)


def _access_key() -> str:
    return "AKIA" + "".join(secrets.choice(_ALPHABET) for _ in range(16))


def access_key_of(account: str) -> str:
    """The access key of the root user of an account other than `ACCOUNT`; anybody may know it."""
    return f"{_OF_ACCOUNT}{account}"


def account_of(access_key: str) -> str | None:
    """The account of which an access key is the root user's; None if it is no key of `access_key_of`."""
    number = access_key.removeprefix(_OF_ACCOUNT)
    known = number != access_key and number.isascii() and number.isdigit() and len(number) == _LENGTH
    return number if known else None


@dataclass(frozen=True)
class RootSecrets:
    """What lets the launcher, and nobody else, do everything."""

    access_key: str = field(default_factory=_access_key)
    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(30), repr=False)
    control: str = field(default_factory=lambda: secrets.token_urlsafe(30), repr=False)
    """Bearer token of the requests below `/_lake/`."""

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables that make an AWS client the root user of `ACCOUNT`."""
        return {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}

    def variables_of(self, account: str) -> dict[str, str]:
        """The environment variables that make an AWS client the root user of an account."""
        other = {} if account == ACCOUNT else {"AWS_ACCESS_KEY_ID": access_key_of(account)}
        return {**self.variables, **other}

    def line(self) -> bytes:
        """All of it as one line, for the pipe."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Self:
        """What `line` wrote."""
        return cls(**json.loads(line))
