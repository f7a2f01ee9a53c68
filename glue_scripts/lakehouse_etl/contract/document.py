"""Reads JSON objects key by key and remembers everything that is wrong with them."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, TypeVar, cast

T = TypeVar("T")

_TEXTS = "a list of texts"


class Document:
    """One JSON object; faults of all objects of a document end up in the same list.

    A reader that finds a fault returns None in place of the value, whatever its annotation says: nobody
    may use what was read before `faults` has been found empty.
    """

    def __init__(self, value: object, path: str, faults: list[str]) -> None:
        self.faults = faults
        self._path = path
        self._rest: dict[str, Any] = {}
        if isinstance(value, dict):
            self._rest = dict(value)
        else:
            faults.append(f"{path}: got {value!r}; allowed: an object")

    def take(self, key: str, convert: Callable[[Any], T], allowed: str) -> T:
        """Return the converted value of a key; `convert` raises ValueError or TypeError on a wrong one."""
        if key not in self._rest:
            return cast("T", self._fault(key, "nothing", allowed))
        value = self._rest.pop(key)
        try:
            return convert(value)
        except (TypeError, ValueError):
            return cast("T", self._fault(key, repr(value), allowed))

    def optional(self, key: str, convert: Callable[[Any], T], allowed: str) -> T | None:
        """Like `take`, but None where the key is absent or null."""
        if self._rest.get(key) is None:
            self._rest.pop(key, None)
            return None
        return self.take(key, convert, allowed)

    def text(self, key: str) -> str:
        """Return a text that is not empty."""
        return self.take(key, text, "a text")

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        return self.take(key, texts, _TEXTS)

    def choice(self, key: str, *values: str) -> Any:
        """Return one of these values."""
        return self.take(key, lambda value: values[values.index(value)], " or ".join(values))

    def children(self, key: str) -> Iterator["Document"]:
        """Yield the objects of a list."""
        members = self.take(key, _list, "a list of objects") or []
        for index, member in enumerate(members):
            yield Document(member, f"{self._path}.{key}[{index}]", self.faults)

    def child(self, key: str) -> "Document":
        """Return an object inside this one."""
        return Document(self._rest.pop(key, None), f"{self._path}.{key}", self.faults)

    def optional_child(self, key: str) -> "Document | None":
        """Return an object inside this one, None where the key is absent or null."""
        if self._rest.get(key) is None:
            self._rest.pop(key, None)
            return None
        return self.child(key)

    def fault(self, key: str, got: str, allowed: str) -> None:
        """Report a value that is wrong for a reason that only the caller knows."""
        self.faults.append(f"{self._path}.{key}: got {got}; allowed: {allowed}")

    def end(self) -> None:
        """Report the keys that nobody asked for: an unknown rule must not go unnoticed."""
        for key in self._rest:
            self.fault(key, repr(key), "only keys that this job knows")

    def _fault(self, key: str, got: str, allowed: str) -> None:
        self.fault(key, got, allowed)


def text(value: object) -> str:
    """Return a text that is not empty, or raise ValueError."""
    if isinstance(value, str) and value:
        return value
    raise ValueError(value)


def texts(value: object) -> tuple[str, ...]:
    """Return a list of texts, or raise ValueError."""
    return tuple(text(member) for member in _list(value))


def matching(accept: Callable[[Any], bool]) -> Callable[[Any], Any]:
    """Return what lets the values through that are accepted, and raises ValueError on others."""

    def convert(value: Any) -> Any:
        if accept(value):
            return value
        raise ValueError(value)

    return convert


def is_number(value: object) -> bool:
    """Whether a value was a number in the JSON, whose fractions are decimals."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _list(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    raise ValueError(value)
