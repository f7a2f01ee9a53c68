"""What a deployed Iceberg table says of itself: its entry in Glue, and the metadata file that this names."""

import gzip
from typing import Any

from pyiceberg.table.metadata import TableMetadata, TableMetadataUtil

from lakehouse.model.dataset import Dataset
from tools.ops.target import Target

_GZIP_MAGIC = b"\x1f\x8b"

LOCATION = "metadata_location"
"""Parameter of an entry that names the metadata file."""


def entry_of(target: Target, dataset: Dataset) -> dict[str, Any]:
    """Return the entry of a dataset's own table, of silver or gold."""
    database = target.settings.naming.database(dataset.layer, dataset.domain)
    return dict(target.client("glue").get_table(DatabaseName=database, Name=dataset.name)["Table"])


def metadata_of(target: Target, entry: dict[str, Any]) -> TableMetadata:
    """Return what the metadata file of an entry holds."""
    content = read_uri(target, entry["Parameters"][LOCATION])
    text = gzip.decompress(content) if content.startswith(_GZIP_MAGIC) else content
    return TableMetadataUtil.parse_raw(text.decode())


def read_uri(target: Target, uri: str) -> bytes:
    """Return the content of an object."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bytes(target.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
