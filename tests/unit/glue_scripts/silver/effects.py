"""Every effect of a job on what outlives it, numbered as it happens, so that anything can happen in between.

Watched are the doors that all effects go through, not the functions of the job: SQL that is no query, what a
DataFrame is written by, and what storage is written by. A new write is counted without a word here.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from lakehouse_etl.job.storage import LocalStorage
from pyspark.sql import SparkSession
from pyspark.sql.readwriter import DataFrameWriterV2

_HARMLESS = re.compile(r"\s*(SELECT|WITH|SHOW|DESCRIBE|REFRESH)\b", re.IGNORECASE)
_WRITES = ("append", "overwrite", "overwritePartitions", "create", "createOrReplace", "replace")


class KilledError(BaseException):
    """What stands for the end of the process: no handler of errors sees it."""


class Effects:
    """The effects of what runs under `watch`."""

    def __init__(self, before: Callable[[int], None]) -> None:
        """Take what happens before each effect; it is told the number, from 1, and is not watched itself."""
        self.names: list[str] = []
        self._before = before
        self._inside = False
        self._killed = False

    def reach(self, name: str) -> bool:
        """Count an effect unless it is part of another one, or of what happens in between."""
        if self._killed:
            raise KilledError
        if self._inside:
            return False
        self.names.append(name)
        self._inside = True
        try:
            self._before(len(self.names))
        except KilledError:
            self._killed = True
            raise
        finally:
            self._inside = False
        return True


@contextmanager
def watch(before: Callable[[int], None]) -> Iterator[Effects]:
    """Watch all effects until the end of the block."""
    effects = Effects(before)
    with pytest.MonkeyPatch.context() as patch:
        for name in _WRITES:
            _wrap(patch, effects, DataFrameWriterV2, name, lambda writer, *_, of=name, **__: of)
        _wrap(patch, effects, SparkSession, "sql", _of_statement)
        for name in ("write", "remove"):
            _wrap(patch, effects, LocalStorage, name, lambda *_, of=name, **__: of)
        yield effects


def _wrap(
    patch: pytest.MonkeyPatch, effects: Effects, owner: type, name: str, label: Callable[..., str | None]
) -> None:
    original = getattr(owner, name)

    def watched(self: Any, *args: Any, **kwargs: Any) -> Any:
        if (what := label(self, *args, **kwargs)) is not None:
            effects.reach(what)
        return original(self, *args, **kwargs)

    patch.setattr(owner, name, watched)


def _of_statement(_session: SparkSession, query: str, *_: Any, **__: Any) -> str | None:
    return None if _HARMLESS.match(query) else " ".join(query.split()[:4])


def kill_before(number: int) -> Callable[[int], None]:
    """End the process before an effect."""

    def before(reached: int) -> None:
        if reached == number:
            raise KilledError

    return before


def once_before(number: int, happen: Callable[[], Any]) -> Callable[[int], None]:
    """Let something happen before an effect, once."""

    def before(reached: int) -> None:
        if reached == number:
            happen()

    return before
