"""Keeps Arrow from importing pandas, which takes it half a second, where nothing needs it."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class _Nowhere(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == "pandas":
            raise ImportError(fullname)
        return None


@contextmanager
def without_pandas() -> Iterator[None]:
    """Have pandas not be found, unless it is imported; asked for a data frame, Arrow looks again."""
    finder = _Nowhere()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
