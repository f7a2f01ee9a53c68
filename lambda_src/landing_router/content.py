"""Whether a file is what its name says, as far as that shows without parsing it."""

import gzip
import zlib
from typing import Any, Protocol, cast

from landing_router.logic import Reason
from landing_router.routes import Route

CHUNK = 1024 * 1024
"""Bytes held in memory at a time."""

HEAD = 64 * 1024
"""Bytes at the beginning of a text that are looked at."""

_MAGIC = (b"\x1f\x8b", b"PAR1", b"PK\x03\x04", b"BZh", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ", b"ORC", b"Obj\x01")
"""What gzip, Parquet, zip, bzip2, Zstandard, xz, ORC and Avro files begin with."""

_PARQUET_LEAST = 12
"""Bytes of the smallest Parquet file: magic, length of the footer, magic.

https://parquet.apache.org/docs/file-format/
"""

_GARBLED_MAX = 0.1
"""Share of characters that no text has, above which a file is none; a stray byte is for the job to judge."""

_LINE_ENDS_AND_TABS = "\t\n\r\f"


class Readable(Protocol):
    """A body that is read in pieces."""

    def read(self, amount: int = ..., /) -> bytes:
        """Return the next bytes, none at the end."""
        ...


def text_fault(head: bytes, route: Route) -> Reason | None:
    """Judge the beginning of a CSV or JSON file."""
    text = head.decode(route.encoding, errors="replace")
    if head.startswith(_MAGIC) or "\0" in text:
        return Reason.WRONG_CONTENT
    usual = _LINE_ENDS_AND_TABS + route.delimiter
    garbled = sum(char == "\N{REPLACEMENT CHARACTER}" or (char < " " and char not in usual) for char in text)
    return Reason.WRONG_CONTENT if garbled > _GARBLED_MAX * len(text) else None


def parquet_fault(head: bytes, tail: bytes, size: int) -> Reason | None:
    """Judge the first four and the last eight bytes of a Parquet file."""
    footer = int.from_bytes(tail[:4], "little")
    whole = head == b"PAR1" == tail[4:] and footer + _PARQUET_LEAST <= size
    return None if whole else Reason.WRONG_CONTENT


def gzip_fault(body: Readable, route: Route) -> Reason | None:
    """Unpack a body to its end, keeping none of it; None if it is whole and holds text."""
    head = b""
    try:
        with gzip.GzipFile(fileobj=cast("Any", body)) as unpacked:
            while chunk := unpacked.read(CHUNK):
                head = head or chunk[:HEAD]
    except EOFError:
        return Reason.TRUNCATED_GZIP
    except (gzip.BadGzipFile, zlib.error):
        return Reason.CORRUPT_GZIP
    return text_fault(head, route) if head else Reason.EMPTY
