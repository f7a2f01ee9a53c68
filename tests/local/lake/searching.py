"""Searches what a bucket holds, decoded: what compression hides from a look at the bytes is found."""

import gzip
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.avro.file import AvroFile

from local.emulator.launcher import EmbeddedAws


def objects_holding(aws: EmbeddedAws, bucket: str, needle: str) -> list[str]:
    """Return the keys of the current objects in which a text occurs: in a value, a bound, a name or a key."""
    s3 = aws.client("s3")
    keys = [
        each["Key"]
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        for each in page.get("Contents", [])
    ]
    assert keys, f"{bucket} is empty: nothing could be found in it"
    bodies = ((key, s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys)
    return [key for key, body in bodies if needle in key or needle in decoded(body)]


def decoded(body: bytes) -> str:
    """Return all that an object of Parquet, Avro, gzip or text says."""
    if body.startswith(b"PAR1"):
        file = pq.ParquetFile(pa.BufferReader(body))
        return f"{file.read().to_pylist()}{file.schema_arrow.metadata}{_statistics(file.metadata)}"
    if body.startswith(b"Obj\x01"):
        with AvroFile[Any](_in_memory(body)) as records:
            return "".join(map(repr, records)) + body.decode("latin-1")
    if body.startswith(b"\x1f\x8b"):
        return decoded(gzip.decompress(body))
    return body.decode(errors="replace")


def _statistics(metadata: pq.FileMetaData) -> list[str]:
    groups = (metadata.row_group(at) for at in range(metadata.num_row_groups))
    return [str(group.column(at).statistics) for group in groups for at in range(group.num_columns)]


def _in_memory(body: bytes) -> Any:
    """An input file of PyIceberg around bytes."""

    class InMemory:
        def open(self) -> pa.BufferReader:
            return pa.BufferReader(body)

    return InMemory()
