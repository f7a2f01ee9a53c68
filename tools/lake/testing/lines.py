"""On which lines of a file records begin, found by their texts: judges count records, people lines."""

import re
from collections.abc import Sequence

from lakehouse_etl.contract.reasons import KEPT_CHARACTERS
from lakehouse_etl.judge.objects import UnreadableError, opened
from lakehouse_etl.judge.part import Source

_MOST_BYTES = 256 * 1024 * 1024
"""Of a file; in a larger one no lines are looked for."""

_END = re.compile(r"\r\n?")


def lines_of(source: Source, raws: Sequence[str | None]) -> list[int | None]:
    """Return the line of each record, from 1; None where it cannot be told.

    Args:
        source: A file.
        raws: Texts of some of its records, in its order.
    """
    text = _text(source) if any(raws) else None
    if text is None:
        return [None] * len(raws)
    found: list[int | None] = []
    last, line = -1, 1
    for raw in raws:
        start = _start(text, _END.sub("\n", raw), last + 1) if raw else -1
        if start < 0:
            found.append(None)
            continue
        line += text.count("\n", max(last, 0), start)
        last = start
        found.append(line)
    return found


def _text(source: Source) -> str | None:
    try:
        with opened(source) as stream:
            content = stream.read(_MOST_BYTES + 1)
    except UnreadableError:
        return None
    if len(content) > _MOST_BYTES:
        return None
    return _END.sub("\n", content.decode("utf-8-sig", errors="replace"))


def _start(text: str, raw: str, at: int) -> int:
    """Return where a record begins: at a line's start, unless several share the line."""
    first = start = text.find(raw, at)
    while start >= 0 and not _is_alone(text, start, raw):
        start = text.find(raw, start + 1)
    return first if start < 0 else start


def _is_alone(text: str, start: int, raw: str) -> bool:
    end = start + len(raw)
    begins = start == 0 or text[start - 1] == "\n"
    return begins and (end == len(text) or text[end] == "\n" or len(raw) >= KEPT_CHARACTERS)
