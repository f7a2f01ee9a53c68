"""Files of Iceberg tables that are written with an S3 client's permissions."""

import io
from typing import Any
from urllib.parse import urlsplit

from pyiceberg.io import InputFile, OutputFile, OutputStream

from local.emulator.object_io import ObjectIO


class WritableIO(ObjectIO):
    """Reads and writes objects, each of them whole; deletes nothing."""

    def __init__(self, s3: Any) -> None:
        super().__init__(s3)
        self._client = s3

    def new_output(self, location: str) -> OutputFile:
        """A new object at an `s3://` location."""
        return _Output(location, self._client)


class _Output(OutputFile):
    def __init__(self, location: str, s3: Any) -> None:
        super().__init__(location)
        self._s3 = s3

    def __len__(self) -> int:
        return len(self.to_input_file())

    def exists(self) -> bool:
        return False  # Iceberg's file names are unique

    def to_input_file(self) -> InputFile:
        return ObjectIO(self._s3).new_input(self.location)

    def create(self, overwrite: bool = False) -> OutputStream:
        return _Upload(self.location, self._s3)


class _Upload(io.BytesIO):
    """Uploads once, when it is closed, and never when it is forgotten.

    Whoever forgets it may be the garbage collector in the thread that has to answer the upload.
    """

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
