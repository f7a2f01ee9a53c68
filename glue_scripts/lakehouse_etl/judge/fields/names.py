"""Which name of a record stands for which name of the contract."""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

_NONE: Mapping[str, str] = MappingProxyType({})


class AmbiguousError(ValueError):
    """Two names stand for one of the contract, and neither is exactly that."""


class Matched(NamedTuple):
    """What became of the names of a record."""

    others: Mapping[str, str] = _NONE
    """Those that stand for one of the contract without being it, by that one."""
    unknown: tuple[str, ...] = ()
    """Those that stand for none, in their order."""


_EXACTLY = Matched()


class Names:
    """Names that a contract knows.

    A name that differs from one of them by case alone stands for it, unless the exact name is there too:
    producers change the case of names without a thought, and a column must not turn null by that.
    """

    def __init__(self, known: Iterable[str]) -> None:
        """Take the names; of two that differ by case alone the last one stands for others, too."""
        self._known = frozenset(known)
        self._by_lower = {name.lower(): name for name in sorted(self._known)}

    def matched(self, found: Collection[str]) -> Matched:
        """Return what the names of a record stand for.

        Raises:
            AmbiguousError: Two stand for one.
        """
        if self._known.issuperset(found):
            return _EXACTLY
        others: dict[str, str] = {}
        unknown = []
        for name in found:
            if name in self._known:
                continue
            target = self._by_lower.get(name.lower())
            if target is None or target in found:
                unknown.append(name)
            elif target in others:
                raise AmbiguousError(target)
            else:
                others[target] = name
        return Matched(others, tuple(unknown))
