"""Whether a copy holds the same bytes as its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from landing_router.content import CHUNK, Readable

_ALGORITHMS = ("CRC64NVME", "CRC32", "CRC32C", "SHA256", "SHA1")


@dataclass(frozen=True)
class Content:
    """What S3 says about an object's bytes."""

    size: int
    etag: str
    checksums: Mapping[str, str]
    """By algorithm: of the whole object, or of its parts if `composite`."""
    composite: bool = False

    @classmethod
    def from_head(cls, head: Mapping[str, Any]) -> Self:
        """Read an answer of HeadObject with checksum mode enabled."""
        found = {name: head[f"Checksum{name}"] for name in _ALGORITHMS if head.get(f"Checksum{name}")}
        kind = head.get("ChecksumType")
        return cls(head["ContentLength"], head["ETag"], found if kind else {}, composite=kind == "COMPOSITE")

    @property
    def algorithm(self) -> str:
        """Checksum algorithm to ask for in a copy, so that the two can be compared."""
        return next(iter(self.checksums), _ALGORITHMS[0])


def same(source: Content, copy: Content) -> bool | None:
    """Compare by size and checksum; None if S3 holds nothing that is comparable.

    A checksum of parts depends on where they begin: if it differs, the bytes may still be the same. ETags
    say nothing when they differ: those of objects encrypted under KMS or uploaded in parts are no digests
    of the content. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
    """
    if source.size != copy.size:
        return False
    shared = source.checksums.keys() & copy.checksums.keys()
    if shared and source.composite == copy.composite:
        equal = all(source.checksums[name] == copy.checksums[name] for name in shared)
        return equal if equal or not source.composite else None
    return True if source.etag == copy.etag else None


def same_bytes(source: Readable, copy: Readable) -> bool:
    """Compare two bodies of equal size byte for byte."""
    while True:
        expected, found = source.read(CHUNK), copy.read(CHUNK)
        if expected != found:
            return False
        if not expected:
            return True
