"""Files of Iceberg tables, read and written as whoever runs the command."""

import io
from typing import Any
from urllib.parse import urlsplit

from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.io import FileIO, InputFile, InputStream, OutputFile, OutputStream
from pyiceberg.typedef import EMPTY_DICT, Properties

from tools.ops.target import Target


class Catalog(GlueCatalog):
    """Glue's catalogue, with the session of a command, which PyIceberg's own would not take."""

    def __init__(self, target: Target) -> None:
        """Take the lake."""
        super().__init__("glue", client=target.client("glue"))
        self._s3 = target.client("s3")

    def _load_file_io(self, properties: Properties = EMPTY_DICT, location: str | None = None) -> FileIO:
        return Objects(self._s3)


class Objects(FileIO):
    """Objects, each of them read and written whole."""

    def __init__(self, s3: Any) -> None:
        """Take a client of S3."""
        super().__init__()
        self._s3 = s3

    def new_input(self, location: str) -> InputFile:
        """Return the object at an `s3://` location."""
        return _Input(location, self._s3)

    def new_output(self, location: str) -> OutputFile:
        """Return a new object at an `s3://` location."""
        return _Output(location, self._s3)

    def delete(self, location: str | InputFile | OutputFile) -> None:
        """Refused: what is deleted is deleted with all its versions."""
        raise PermissionError(f"{location}: not to be deleted so")


class _Input(InputFile):
    def __init__(self, location: str, s3: Any) -> None:
        super().__init__(location)
        place = urlsplit(location)
        try:
            answer = s3.get_object(Bucket=place.netloc, Key=place.path[1:])
        except s3.exceptions.NoSuchKey as error:
            raise FileNotFoundError(location) from error
        self._content = answer["Body"].read()

    def __len__(self) -> int:
        return len(self._content)

    def exists(self) -> bool:
        return True

    def open(self, seekable: bool = True) -> InputStream:
        return io.BytesIO(self._content)


class _Output(OutputFile):
    def __init__(self, location: str, s3: Any) -> None:
        super().__init__(location)
        self._s3 = s3

    def __len__(self) -> int:
        return len(self.to_input_file())

    def exists(self) -> bool:
        return False  # Iceberg's file names are unique

    def to_input_file(self) -> InputFile:
        return _Input(self.location, self._s3)

    def create(self, overwrite: bool = False) -> OutputStream:
        return _Upload(self.location, self._s3)


class _Upload(io.BytesIO):
    """Uploads once, when it is closed, and never when it is forgotten."""

    def __init__(self, location: str, s3: Any) -> None:
        super().__init__()
        self._place, self._s3 = urlsplit(location), s3

    def close(self) -> None:
        if not self.closed:
            content = self.getvalue()
            super().close()
            self._s3.put_object(Bucket=self._place.netloc, Key=self._place.path[1:], Body=content)

    def __del__(self) -> None:
        super().close()
