"""Puts other code into functions that are already imported."""

import gc
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType

_Place = tuple[str, int]
"""Qualified name of a function, and its first line."""


class Functions:
    """The functions of the project that there are now, whoever holds them."""

    def __init__(self) -> None:
        self._found: dict[str, dict[_Place, list[FunctionType]]] = defaultdict(lambda: defaultdict(list))
        for each in gc.get_objects():
            if isinstance(each, FunctionType):
                code = each.__code__
                self._found[code.co_filename][code.co_qualname, code.co_firstlineno].append(each)

    def swap(self, path: Path, code: CodeType) -> bool:
        """Give the functions of a module the code that they have in other code of it.

        Returns:
            Whether any function has other code now.
        """
        there = self._found[str(path)]
        swapped = False
        for inner in _inner(code):
            for function in there.get((inner.co_qualname, inner.co_firstlineno), ()):
                if function.__code__ != inner:
                    function.__code__ = inner
                    swapped = True
        return swapped


def _inner(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _inner(each)
