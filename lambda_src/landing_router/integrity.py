"""Whether a file is whole, and whether its copy holds the same bytes."""

import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self, cast

from landing_router.logic import Reason

CHUNK = 1024 * 1024
"""Bytes held in memory at a time."""

_ALGORITHMS = ("CRC64NVME", "CRC32", "CRC32C", "SHA256", "SHA1")


class Readable(Protocol):
    """A body that is read in pieces."""

    def read(self, amount: int = ..., /) -> bytes:
        """Return the next bytes, none at the end."""
        ...


@dataclass(frozen=True)
class Content:
    """What S3 says about an object's bytes."""

    size: int
    etag: str
    checksums: Mapping[str, str]
    """Checksums of the whole object by algorithm; those of separately uploaded parts are left out."""

    @classmethod
    def from_head(cls, head: Mapping[str, Any]) -> Self:
        """Read an answer of HeadObject with checksum mode enabled."""
        whole = head.get("ChecksumType") == "FULL_OBJECT"
        found = {
            name: head[f"Checksum{name}"] for name in _ALGORITHMS if whole and head.get(f"Checksum{name}")
        }
        return cls(head["ContentLength"], head["ETag"], found)

    @property
    def algorithm(self) -> str:
        """Checksum algorithm to ask for in a copy, so that the two can be compared."""
        return next(iter(self.checksums), _ALGORITHMS[0])


def same(source: Content, copy: Content) -> bool | None:
    """Compare by size and checksum; None if S3 holds nothing that is comparable.

    ETags say nothing when they differ: those of objects encrypted under KMS or uploaded in parts are no
    digests of the content. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
    """
    if source.size != copy.size:
        return False
    if shared := source.checksums.keys() & copy.checksums.keys():
        return all(source.checksums[name] == copy.checksums[name] for name in shared)
    return True if source.etag == copy.etag else None


def same_bytes(source: Readable, copy: Readable) -> bool:
    """Compare two bodies of equal size byte for byte."""
    while True:
        expected, found = source.read(CHUNK), copy.read(CHUNK)
        if expected != found:
            return False
        if not expected:
            return True


def gzip_fault(body: Readable) -> Reason | None:
    """Unpack a body to its end, keeping none of it; None if it is whole and holds data."""
    empty = True
    try:
        with gzip.GzipFile(fileobj=cast("Any", body)) as unpacked:
            while unpacked.read(CHUNK):
                empty = False
    except EOFError:
        return Reason.TRUNCATED_GZIP
    except (gzip.BadGzipFile, zlib.error):
        return Reason.CORRUPT_GZIP
    return Reason.EMPTY if empty else None
