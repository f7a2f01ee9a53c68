"""Opens objects as they lie in bronze."""

import io
import zlib
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.judge.part import Source

_PIECE = 64 * 1024
"""Compressed bytes that are read at a time; they become at most a thousand times as many."""

_IN_MEMORY = 64 * 1024 * 1024
"""Bytes of an object that are kept in memory when it was compressed, and on disk if there are more."""

_GZIP = 16 + zlib.MAX_WBITS


UNREADABLE = Breach("unreadable_file", "expected a whole file of the contract's format")
"""What an object breaks that cannot be read at all; it counts as one record."""


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
        return _stored(source)
    target = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 (whoever reads it closes it)
    try:
        with _stored(source) as content:
            _inflate(content, cast("BinaryIO", target))
    except zlib.error as error:
        target.close()
        raise UnreadableError(source.uri) from error
    target.seek(0)
    return cast("BinaryIO", target)


def _stored(source: Source) -> BinaryIO:
    content = source.content
    return content.open("rb") if isinstance(content, Path) else io.BytesIO(content)


def _inflate(content: BinaryIO, target: BinaryIO) -> None:
    member = zlib.decompressobj(_GZIP)
    empty = True
    while rest := content.read(_PIECE):
        empty = False
        while rest:
            if member.eof:
                rest = rest.lstrip(b"\0")
                if not rest:
                    break
                member = zlib.decompressobj(_GZIP)
            target.write(member.decompress(rest))
            rest = member.unused_data
    if not empty and not member.eof:
        raise zlib.error("cut off")
