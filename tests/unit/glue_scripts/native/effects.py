"""Every effect of a run without Spark on what outlives it, numbered as it happens: see `silver.effects`.

Watched are the doors that all effects go through: commits to tables, data files, and what storage writes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from lakehouse_etl.job.storage import LocalStorage
from pyiceberg.io.pyarrow import PyArrowFileIO

from tests.unit.glue_scripts.silver.effects import Effects
from tools.bench.native.file_catalog import FileCatalog


@contextmanager
def watch(before: Callable[[int], None]) -> Iterator[Effects]:
    """Watch all effects until the end of the block."""
    effects = Effects(before)
    doors: dict[str, tuple[type, Callable[..., str | None]]] = {
        "commit_table": (FileCatalog, lambda _, table, *__: f"commit to {'.'.join(table.name())}"),
        "new_output": (PyArrowFileIO, lambda _, place: place if "/data/" in place else None),
        "write": (LocalStorage, lambda *_: "write"),
        "remove": (LocalStorage, lambda *_: "remove"),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, (owner, label) in doors.items():
            patch.setattr(owner, name, _watched(effects, getattr(owner, name), label))
        yield effects


def _watched(effects: Effects, original: Callable[..., Any], label: Callable[..., str | None]) -> Any:
    def watched(*args: Any) -> Any:
        if (what := label(*args)) is not None:
            effects.reach(what)
        return original(*args)

    return watched
