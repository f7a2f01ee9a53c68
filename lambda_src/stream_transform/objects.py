"""Finds the JSON objects of a record, without changing how they are written."""

import json
from collections.abc import Generator
from typing import Any, NoReturn

from stream_transform.gzipped import MAGIC, unpack
from stream_transform.refusal import RefusedError

_BLANK = " \t\n\r"

_Values = Generator[tuple[int, int, Any], None, int]
"""Values of a text, each with where it begins and ends; returns where the next one may begin."""


def _no_constant(_name: str) -> NoReturn:
    raise RefusedError("no JSON")


_decode = json.JSONDecoder(parse_constant=_no_constant).raw_decode


def lines(data: bytes) -> tuple[bytes, list[dict[str, Any]]]:
    """Return the JSON objects of a record, each on a line of its own, and their values.

    A record holds objects, or arrays of objects, one after the other, and may be compressed with gzip. The
    text of each object stays as it is; only its line breaks, which JSON has between tokens alone, become
    blanks.

    Raises:
        RefusedError: There is anything else in the record, or no object at all.
    """
    text = _text(unpack(data) if data.startswith(MAGIC) else data)
    found, parts = [], []
    try:
        for start, end, document in _values(text):
            if not isinstance(document, dict):
                raise RefusedError("JSON, but no object")
            found.append(document)
            parts.append(text[start:end].replace("\r", " ").replace("\n", " "))
    except (ValueError, IndexError, RecursionError) as error:
        raise RefusedError("no JSON") from error
    if not found:
        raise RefusedError("no object")
    parts.append("")
    return "\n".join(parts).encode(), found


def single(data: bytes) -> dict[str, Any]:
    """Return the value of a record that is one JSON object.

    Raises:
        RefusedError: It is not.
    """
    text = _text(data)
    try:
        document, end = _decode(text, _skip(text, 0))
    except (ValueError, RecursionError) as error:
        raise RefusedError("no JSON") from error
    if _skip(text, end) != len(text):
        raise RefusedError("more than one JSON value")
    if not isinstance(document, dict):
        raise RefusedError("JSON, but no object")
    return document


def _values(text: str) -> _Values:
    at = _skip(text, 0)
    while at < len(text):
        if text[at] == "[":
            at = yield from _elements(text, at)
        else:
            document, end = _decode(text, at)
            yield at, end, document
            at = end
        at = _skip(text, at)
    return at


def _elements(text: str, at: int) -> _Values:
    at = _skip(text, at + 1)
    if text[at] == "]":
        return at + 1
    while True:
        document, end = _decode(text, at)
        yield at, end, document
        at = _skip(text, end)
        if text[at] == "]":
            return at + 1
        if text[at] != ",":
            raise RefusedError("no JSON")
        at = _skip(text, at + 1)


def _text(data: bytes) -> str:
    """Return the text of a record, without a byte order mark at its start."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedError("no text in UTF-8") from error


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at
