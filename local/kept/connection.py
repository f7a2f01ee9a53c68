"""The one lake that a folder keeps running, and how other processes find it and talk to it.

Whoever runs it holds a lock, which ends with that process however it ends. What others need lies in a file
that its owner alone may read: it holds the root user's keys.
"""

import fcntl
import json
import os
import shlex
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from local.emulator import tls
from local.emulator.launcher import EmbeddedAws
from local.emulator.root import RootSecrets
from local.lake import deployment
from local.lake.lake import LakeError

BUILD = Path(os.environ.get("LAKE_BUILD", deployment.PROJECT / ".build"))
"""Where the lake keeps its files while it runs; `LAKE_BUILD` lets several run side by side."""

DIRECTORY = BUILD / "lake"
LOCK = BUILD / "lake.lock"
_CONNECTION = "connection.json"


class NoLakeError(LakeError):
    """No lake is running in this folder."""

    def __init__(self) -> None:
        """Say what starts one."""
        super().__init__("no lake is running; fix: start one with lake up, or lake up --select DOMAIN")


class KeptAws(EmbeddedAws):
    """An embedded AWS that other processes can talk to while it runs."""

    def start(self) -> None:
        """Start it, and tell others where it is."""
        super().start()
        told = {"port": self.port, "region": self.region, "root": self._root.line().decode()}
        write_private(self.directory / _CONNECTION, json.dumps(told))

    def stop(self) -> None:
        """End it."""
        (self.directory / _CONNECTION).unlink(missing_ok=True)
        super().stop()

    @classmethod
    def running(cls, directory: Path = DIRECTORY) -> Self:
        """Return the one that another process runs; nothing here ends it.

        Raises:
            NoLakeError: None is running.
        """
        try:
            told = json.loads((directory / _CONNECTION).read_text())
        except FileNotFoundError as error:
            raise NoLakeError from error
        if holder() is None:
            raise NoLakeError
        aws = cls(directory, told["port"], told["region"])
        aws._root = RootSecrets.read(told["root"].encode())
        aws._tls = tls.issued(directory / "tls")
        return aws


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the lock of this folder's lake.

    Raises:
        LakeError: Another process holds it.
    """
    BUILD.mkdir(parents=True, exist_ok=True)
    with LOCK.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LakeError(
                f"a lake of this folder is running (process {holder()}): lake down ends it"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def holder() -> int | None:
    """Return the process that runs this folder's lake, if any."""
    if not LOCK.exists():
        return None
    with LOCK.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(lock.read())
    return None


def stop_lake() -> bool:
    """End this folder's lake, and wait until it has ended; tells whether there was one."""
    process = holder()
    if process is None:
        return False
    os.kill(process, signal.SIGTERM)
    while holder() is not None:
        time.sleep(0.1)
    return True


def exports(wanted: Mapping[str, str], present: Mapping[str, str]) -> str:
    """Return shell lines that turn the present environment into the wanted one."""
    changed = {name: value for name, value in wanted.items() if present.get(name) != value}
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in sorted(changed.items()))


def write_exports(script: Path, wanted: Mapping[str, str]) -> None:
    """Write a script that turns this process's environment into the wanted one, for its owner alone."""
    write_private(script, exports(wanted, os.environ))


def write_private(path: Path, text: str) -> None:
    """Write a file anew that its owner alone may read, at once or not at all."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)
