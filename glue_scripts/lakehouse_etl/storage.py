"""Where manifests, bronze objects and states lie: S3, or a directory of this machine.

The directory serves to develop and test jobs without AWS; jobs tell the two apart by the URI alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol


@dataclass(frozen=True)
class StoredObject:
    """One object as a listing shows it."""

    uri: str
    size: int
    """Bytes."""


class Storage(Protocol):
    """Objects under URIs. A missing or unreadable one raises OSError."""

    def list(self, prefix: str, after: str) -> Iterator[StoredObject]:
        """Yield the objects whose URI starts with `prefix` and sorts behind `after`, in that order."""
        ...

    def open(self, uri: str) -> BinaryIO:
        """Open an object for reading."""
        ...

    def write(self, uri: str, content: bytes) -> None:
        """Write an object whole."""
        ...


class LocalStorage:
    """Files by path or `file:` URI. URIs have the form in which Spark reports local files: `file:/path`."""

    def list(self, prefix: str, after: str) -> Iterator[StoredObject]:
        """Yield the files whose URI starts with `prefix`."""
        folder = _path(prefix.rpartition("/")[0])
        found = ((f"file:{path}", path) for path in folder.rglob("*") if path.is_file())
        for uri, path in sorted(found):
            if uri.startswith(f"file:{_path(prefix)}") and uri > f"file:{_path(after)}":
                yield StoredObject(uri, path.stat().st_size)

    def open(self, uri: str) -> BinaryIO:
        """Open a file."""
        return _path(uri).open("rb")

    def write(self, uri: str, content: bytes) -> None:
        """Write a file and the directories above it."""
        _path(uri).parent.mkdir(parents=True, exist_ok=True)
        _path(uri).write_bytes(content)


def _path(uri: str) -> Path:
    return Path(uri.removeprefix("file:"))
