"""Splits objects into lines, whatever ends them."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from lakehouse_etl.contract.reasons import MAX_RECORD_BYTES

_PIECE = 4 * 1024 * 1024
"""Bytes that are split at a time."""

_BOM = b"\xef\xbb\xbf"
_END = re.compile(rb"\r\n|\r|\n")


def filled_lines(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of an object that are not blank, each without its end.

    A line that is too long is yielded cut off, still too long: the rest is read and kept nowhere.
    """
    return (line for block in blocks(stream) for line in filled(block))


def filled(block: bytes) -> list[bytes]:
    """Return the lines of a block that are not blank; they end as in Spark's reader of texts.

    Each may begin with a byte order mark, which is none of it: an object of a stream has records of many.
    """
    lines = _END.split(block) if b"\r" in block else block.split(b"\n")
    if _BOM in block:
        lines = [line.removeprefix(_BOM) for line in lines]
    return [line for line in lines if line and not line.isspace()]


def blocks(stream: BinaryIO) -> Iterator[bytes]:
    r"""Yield an object in blocks of whole lines.

    A block ends where a line does, the end itself left out; only a block of one line too long is cut off.
    """
    rest = stream.read(_PIECE)
    while piece := stream.read(_PIECE):
        # A carriage return at the end may be half of what ends the line.
        at = max(rest.rfind(b"\n"), rest.rfind(b"\r", 0, -1))
        if at >= 0:
            yield rest[:at]
            rest = rest[at + 1 :]
        elif len(rest) > MAX_RECORD_BYTES:
            # The last byte stays: it may end the line.
            rest = rest[: MAX_RECORD_BYTES + 1] + rest[-1:]
        rest += piece
    yield rest
