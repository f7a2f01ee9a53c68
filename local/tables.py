"""Reads Iceberg tables of the embedded AWS with PyIceberg: a reader that shares no code with Spark.

PyIceberg's own S3 readers cannot be given a private certificate authority, so files come through boto3.
"""

import io

import boto3
import pyarrow as pa
from pyiceberg.io import FileIO, InputFile, InputStream, OutputFile
from pyiceberg.table import StaticTable
from pyiceberg.table.snapshots import Summary
from pyiceberg.typedef import EMPTY_DICT, Properties

from local.emulator import EmbeddedAws

_ENDPOINT = "lake.endpoint"
_AUTHORITY = "lake.authority"


def open_table(aws: EmbeddedAws, database: str, name: str) -> StaticTable:
    """The current version of a table of the Glue catalog, read as the root user."""
    table = aws.client("glue").get_table(DatabaseName=database, Name=name)["Table"]
    return StaticTable.from_metadata(
        table["Parameters"]["metadata_location"],
        properties={
            "py-io-impl": f"{__name__}.{ObjectIO.__name__}",
            _ENDPOINT: aws.endpoint,
            _AUTHORITY: aws.environment()["AWS_CA_BUNDLE"],
        },
    )


def read_table(aws: EmbeddedAws, database: str, name: str) -> pa.Table:
    """Every row of a table's current version."""
    return open_table(aws, database, name).scan().to_arrow()


def summed_counts(table: StaticTable) -> dict[str, int]:
    """What the runs behind a silver table counted: from the current snapshot and its ancestors."""
    names = ("records_in", "accepted", "rejected", "superseded")
    summaries: list[Summary] = []
    snapshot = table.metadata.current_snapshot()
    while snapshot:
        if snapshot.summary:
            summaries.append(snapshot.summary)
        parent = snapshot.parent_snapshot_id
        snapshot = table.metadata.snapshot_by_id(parent) if parent else None
    return {
        name: sum(int(summary[f"lake.{name.replace('_', '-')}"] or 0) for summary in summaries)
        for name in names
    }


class ObjectIO(FileIO):
    """Reads objects of the embedded AWS; writes and deletes nothing."""

    def __init__(self, properties: Properties = EMPTY_DICT) -> None:
        super().__init__(properties)
        self._s3 = boto3.client(
            "s3",
            endpoint_url=properties[_ENDPOINT],
            verify=properties[_AUTHORITY],
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 - the emulator's root user, on loopback
        )

    def new_input(self, location: str) -> InputFile:
        """The object at an s3:// location."""
        bucket, key = location.removeprefix("s3://").split("/", 1)
        return _Object(location, self._s3.get_object(Bucket=bucket, Key=key)["Body"].read())

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
