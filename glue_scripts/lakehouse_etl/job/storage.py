"""Where manifests, bronze objects and states lie: S3, or a directory of this machine.

The directory serves to develop and test jobs without AWS; jobs tell the two apart by the URI alone.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol


@dataclass(frozen=True)
class StoredObject:
    """One object as a listing shows it."""

    uri: str
    size: int
    """Bytes."""
    modified: datetime
    """When it was last written, in UTC."""


class Storage(Protocol):
    """Objects under URIs. A missing or unreadable one raises OSError."""

    def list(self, prefix: str, after: str) -> Iterator[StoredObject]:
        """Yield the objects whose URI starts with `prefix` and sorts behind `after`, in that order."""
        ...

    def open(self, uri: str) -> BinaryIO:
        """Open an object for reading."""
        ...

    def tail(self, uri: str, size: int) -> bytes:
        """Return the last bytes of an object, all of them if it is no longer than `size`."""
        ...

    def write(self, uri: str, content: bytes) -> None:
        """Write an object whole."""
        ...

    def remove(self, uri: str) -> None:
        """Delete an object; one that does not exist is no error."""
        ...


class LocalStorage:
    """Files by path or `file:` URI. URIs have the form in which Spark reports local files: `file:/path`."""

    def list(self, prefix: str, after: str) -> Iterator[StoredObject]:
        """Yield the files whose URI starts with `prefix`."""
        folder = _path(prefix.rpartition("/")[0])
        found = ((f"file:{path}", path) for path in folder.rglob("*") if path.is_file())
        for uri, path in sorted(found):
            if uri.startswith(f"file:{_path(prefix)}") and uri > f"file:{_path(after)}":
                status = path.stat()
                yield StoredObject(uri, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))

    def open(self, uri: str) -> BinaryIO:
        """Open a file."""
        return _path(uri).open("rb")

    def tail(self, uri: str, size: int) -> bytes:
        """Return the end of a file."""
        with self.open(uri) as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - size))
            return file.read()

    def write(self, uri: str, content: bytes) -> None:
        """Write a file and the directories above it."""
        _path(uri).parent.mkdir(parents=True, exist_ok=True)
        _path(uri).write_bytes(content)

    def remove(self, uri: str) -> None:
        """Delete a file."""
        _path(uri).unlink(missing_ok=True)


def _path(uri: str) -> Path:
    return Path(uri.removeprefix("file:"))
