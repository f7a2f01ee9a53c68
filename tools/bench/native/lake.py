"""One dataset of the bench that is worked without Spark: on local files, or on the embedded AWS."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from config.load import PROJECT_ROOT

_PROGRAM = "tools.bench.native.process"
_EVERY = 0.05
"""Seconds between two looks at the memory of a run."""

_MIB = 1024 * 1024


@dataclass(frozen=True)
class Done:
    """What a run did."""

    seconds: float
    records_in: int
    accepted: int
    rejected: int
    superseded: int
    peak_mib: float
    """The most memory that the process and those that it started had together, each page that they share
    counted for each of them."""


class NativeLake:
    """A process that works on one dataset; start another one to see a first run."""

    def __init__(self, manifest: Path, dataset: str, *place: str, environment: Mapping[str, str]) -> None:
        """Start it. `place` is the folder of its tables, or nothing for those of Glue."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", _PROGRAM, str(manifest), dataset, *place],
            cwd=PROJECT_ROOT,
            env={**environment, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._runs = 0

    def create(self, tables: Sequence[Mapping[str, str]]) -> None:
        """Create empty tables, those that exist replaced."""
        self._ask("create", list(tables))

    def run(self) -> Done:
        """Do what is new.

        Raises:
            RuntimeError: The process has ended; what it wrote to stderr tells why.
        """
        self._runs += 1
        with _watched(self._process.pid) as peaks:
            answer = self._ask("run", f"run-{os.getpid()}-{self._process.pid}-{self._runs}")
        return Done(**answer, peak_mib=max(peaks) / _MIB)

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _ask(self, command: str, given: Any) -> dict[str, Any]:
        assert self._process.stdin is not None  # noqa: S101 (both are pipes)
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdin.write(json.dumps({command: given}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{_PROGRAM} has ended with {self._process.wait()}")
        return dict(json.loads(line))


@contextmanager
def _watched(pid: int) -> Iterator[list[int]]:
    """Look at the memory of a process and its children until the block ends."""
    peaks, ended = [_resident(pid)], threading.Event()

    def watch() -> None:
        while not ended.wait(_EVERY):
            peaks.append(_resident(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peaks
    finally:
        ended.set()
        watcher.join()


def _resident(pid: int) -> int:
    found = 0
    try:
        first = psutil.Process(pid)
        for each in (first, *first.children(recursive=True)):
            found += each.memory_info().rss
    except psutil.NoSuchProcess:  # it ended between the two calls
        return found
    return found
