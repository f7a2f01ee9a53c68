"""PyIceberg's catalog of Glue on an embedded AWS, able to write."""

from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.io import FileIO
from pyiceberg.typedef import EMPTY_DICT, Properties

from local.emulator.launcher import EmbeddedAws
from local.patches.athena.iceberg.writable_io import WritableIO


class WritableCatalog(GlueCatalog):
    """Acts as the root user."""

    def __init__(self, aws: EmbeddedAws) -> None:
        """Take the embedded AWS."""
        super().__init__("glue", client=aws.client("glue"))
        self._s3 = aws.client("s3")

    def _load_file_io(self, properties: Properties = EMPTY_DICT, location: str | None = None) -> FileIO:
        return WritableIO(self._s3)
