"""Opens objects as they lie in bronze."""

import io
import zlib
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from lakehouse_etl.judge.part import Source

_PIECE = 64 * 1024
"""Compressed bytes that are read at a time; they become at most a thousand times as many."""

_IN_MEMORY = 64 * 1024 * 1024
"""Bytes of an object that are kept in memory when it was compressed, and on disk if there are more."""

_GZIP = 16 + zlib.MAX_WBITS


class UnreadableError(ValueError):
    """An object is compressed, and damaged or cut off."""


def opened(source: Source) -> BinaryIO:
    """Return the content of an object, decompressed if its name ends in `.gz`.

    A gzip file has any number of members, and zeros may follow them, as block devices pad; anything else
    makes the object unreadable as a whole, so it is decompressed to its end before any of it is used.

    Raises:
        UnreadableError: It is damaged or cut off.
    """
    if not source.uri.endswith(".gz"):
        return io.BytesIO(source.content)
    target = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 (whoever reads it closes it)
    try:
        _inflate(source.content, cast("BinaryIO", target))
    except zlib.error as error:
        target.close()
        raise UnreadableError(source.uri) from error
    target.seek(0)
    return cast("BinaryIO", target)


def _inflate(content: bytes, target: BinaryIO) -> None:
    member = zlib.decompressobj(_GZIP)
    for at in range(0, len(content), _PIECE):
        rest = content[at : at + _PIECE]
        while rest:
            if member.eof:
                rest = rest.lstrip(b"\0")
                if not rest:
                    break
                member = zlib.decompressobj(_GZIP)
            target.write(member.decompress(rest))
            rest = member.unused_data
    if content and not member.eof:
        raise zlib.error("cut off")
