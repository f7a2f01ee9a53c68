"""Iceberg tables in S3, read by PyIceberg through boto3.

PyIceberg's own S3 readers cannot be given a private certificate authority.
"""

import io
from typing import Any
from urllib.parse import urlsplit

from pyiceberg.catalog.noop import NoopCatalog
from pyiceberg.io import FileIO, InputFile, InputStream, OutputFile
from pyiceberg.table import StaticTable
from pyiceberg.table.metadata import TableMetadataUtil


def open_table(s3: Any, metadata_location: str) -> StaticTable:
    """The version of a table that a metadata file describes, read with an S3 client and its permissions."""
    files = ObjectIO(s3)
    metadata = TableMetadataUtil.parse_raw(files.read(metadata_location).decode())
    return StaticTable((metadata_location,), metadata, metadata_location, files, NoopCatalog("static"))


class ObjectIO(FileIO):
    """Reads objects, each of them whole; writes and deletes nothing."""

    def __init__(self, s3: Any) -> None:
        super().__init__()
        self._s3 = s3

    def read(self, location: str) -> bytes:
        """The content of the object at an `s3://` location."""
        place = urlsplit(location)
        content: bytes = self._s3.get_object(Bucket=place.netloc, Key=place.path[1:])["Body"].read()
        return content

    def new_input(self, location: str) -> InputFile:
        """The object at an `s3://` location."""
        return _Object(location, self.read(location))

    def new_output(self, location: str) -> OutputFile:
        """Refused."""
        raise PermissionError(f"{location}: this reader writes nothing")

    def delete(self, location: str | InputFile | OutputFile) -> None:
        """Refused."""
        raise PermissionError(f"{location}: this reader deletes nothing")


class _Object(InputFile):
    def __init__(self, location: str, content: bytes) -> None:
        super().__init__(location)
        self._content = content

    def __len__(self) -> int:
        return len(self._content)

    def exists(self) -> bool:
        return True

    def open(self, seekable: bool = True) -> InputStream:
        return io.BytesIO(self._content)
