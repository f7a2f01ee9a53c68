"""Unpacks gzip, never to more than an answer can hold."""

import zlib

from stream_transform.refusal import RefusedError

MAGIC = b"\x1f\x8b"
"""https://datatracker.ietf.org/doc/html/rfc1952#section-2.3.1"""

UNPACKED_BYTES = 4_000_000
"""What one record may unpack to: in base64 it still fits into the 6 MB of an answer."""

_GZIP = 16 + zlib.MAX_WBITS


def unpack(data: bytes) -> bytes:
    """Return the content of all members of a gzip record.

    Raises:
        RefusedError: It is damaged, cut off, or unpacks to more than `UNPACKED_BYTES`.
    """
    parts, size = [], 0
    while data:
        member = zlib.decompressobj(_GZIP)
        try:
            part = member.decompress(data, UNPACKED_BYTES - size + 1)
        except zlib.error as error:
            raise RefusedError("damaged gzip") from error
        size += len(part)
        if size > UNPACKED_BYTES:
            raise RefusedError(f"gzip of more than {UNPACKED_BYTES:,} bytes")
        if not member.eof:
            raise RefusedError("damaged gzip")
        parts.append(part)
        data = member.unused_data
    return b"".join(parts)
