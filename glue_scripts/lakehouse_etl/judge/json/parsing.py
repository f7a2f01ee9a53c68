"""JSON texts into values of Python that keep what they came with: digits, and keys that come twice."""

import json
import re
from collections.abc import Generator
from typing import Any, NoReturn

_DEPTH = 500
"""Objects and arrays inside each other; more is no data, and Python's own reader would give up at some."""

_LONGEST = 1000
"""Characters of a number, https://github.com/FasterXML/jackson-core/wiki/StreamReadConstraints"""

_PART = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)
"""A text, whether it ends or not, or a bracket outside of texts: found in one pass, whatever comes."""

_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}

_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F]")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")

_BLANK = re.compile(r"[ \t\n\r]*")

_Values = Generator[tuple[int, int, Any], None, int]
"""Values of a text, each with where it begins and ends; returns where the next one may begin."""


class MalformedError(ValueError):
    """A text is not the JSON that it should be."""


class Fraction(str):
    """A number with a fraction or an exponent, as it was written."""

    __slots__ = ()


class Repeating(dict[str, Any]):
    """An object that has a key twice."""

    pairs: list[tuple[str, Any]]
    """All its members."""


def parsed(text: str) -> Any:
    """Return the one value that a text holds.

    Whole numbers come as int, others as `Fraction`, objects that have a key twice as `Repeating`.

    Raises:
        MalformedError: It holds none, or anything else.
    """
    _check_depth(text)
    value, end = _value(text, _skip(text, 0))
    if _skip(text, end) != len(text):
        raise MalformedError
    return value


def objects(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the objects of a text that holds objects, or arrays of objects, one after the other.

    Each comes with its own text; a single one with all of the text, blanks around it included.

    Raises:
        MalformedError: There is anything else, or no object at all.
    """
    _check_depth(text)
    if text.startswith("{"):
        value, end = _value(text, 0)
        if end == len(text):
            return [(text, value)]
    found = list(_values(text))
    if not found or not all(isinstance(value, dict) for _, _, value in found):
        raise MalformedError
    start, end, first = found[0]
    if start == _skip(text, 0) and _skip(text, end) == len(text):
        return [(text, first)]
    return [(text[start:end], value) for start, end, value in found]


def has_half_characters(text: str) -> bool:
    """Whether an escape stands for half of a surrogate pair, which no UTF-8 text can hold."""
    if "\\u" not in text:
        return False
    return _HALF.search(_PAIR.sub("", text.replace("\\\\", ""))) is not None


def _values(text: str) -> _Values:
    at = _skip(text, 0)
    while at < len(text):
        if text[at] == "[":
            at = yield from _elements(text, at)
        else:
            value, end = _value(text, at)
            yield at, end, value
            at = end
        at = _skip(text, at)
    return at


def _elements(text: str, at: int) -> _Values:
    at = _skip(text, at + 1)
    if text.startswith("]", at):
        return at + 1
    while True:
        value, end = _value(text, at)
        yield at, end, value
        at = _skip(text, end)
        if text.startswith("]", at):
            return at + 1
        if not text.startswith(",", at):
            raise MalformedError
        at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _check_depth(text: str) -> None:
    if text.count("{") + text.count("[") <= _DEPTH:
        return
    depth = 0
    for part in _PART.finditer(text):
        depth += _STEPS.get(part[0], 0)
        if depth > _DEPTH:
            raise MalformedError


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    repeating = Repeating(found)
    repeating.pairs = pairs
    return repeating


def _whole(text: str) -> int:
    return int(text) if len(text) <= _LONGEST else _refuse(text)


def _fraction(text: str) -> Fraction:
    return Fraction(text) if len(text) <= _LONGEST else _refuse(text)


def _refuse(_text: str) -> NoReturn:
    raise MalformedError


_decode = json.JSONDecoder(
    object_pairs_hook=_members, parse_float=_fraction, parse_int=_whole, parse_constant=_refuse
).raw_decode


def _value(text: str, at: int) -> tuple[Any, int]:
    try:
        return _decode(text, at)
    except ValueError as error:
        raise MalformedError from error
