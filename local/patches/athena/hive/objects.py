"""The objects of a Hive-style table, as the caller may list and read them."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa

from local.patches.athena.hive import projection

_CODECS = {".gz": "gzip", ".bz2": "bz2", ".zst": "zstd", ".lz4": "lz4"}
"""Compression by the suffix of the key: https://docs.aws.amazon.com/athena/latest/ug/compression-formats.html"""


@dataclass(frozen=True)
class Found:
    """An object of a table.

    Attributes:
        path: Its address, `s3://…`, which is also the value of the column `$path`.
        values: The partition that it belongs to, by key.
    """

    path: str
    values: Mapping[str, str | None]


def find(s3: Any, table: Mapping[str, Any], partitions: Sequence[Mapping[str, Any]]) -> Iterator[Found]:
    """The objects of a table and of its partitions, hidden ones left out.

    Raises:
        ClientError: The caller may not list them.
        QueryError: The parameters of the table's projection make no sense.
    """
    keys = [one["Name"].lower() for one in table.get("PartitionKeys", [])]
    location = table["StorageDescriptor"]["Location"]
    parameters = table.get("Parameters", {})
    if not keys:
        for path in _listed(s3, location):
            yield Found(path, {})
    elif projection.enabled(parameters):
        yield from _projected(s3, location, keys, parameters)
    else:
        for partition in partitions:
            for path in _listed(s3, partition["StorageDescriptor"]["Location"]):
                yield Found(path, dict(zip(keys, partition["Values"], strict=True)))


def read(s3: Any, path: str) -> bytes:
    """The content of an object, unpacked."""
    place = urlsplit(path)
    body: bytes = s3.get_object(Bucket=place.netloc, Key=path.removeprefix(f"s3://{place.netloc}/"))[
        "Body"
    ].read()
    codec = next((codec for suffix, codec in _CODECS.items() if path.lower().endswith(suffix)), None)
    return pa.CompressedInputStream(io.BytesIO(body), codec).read() if codec else body


def _projected(s3: Any, location: str, keys: list[str], parameters: Mapping[str, str]) -> Iterator[Found]:
    place = projection.template(location, keys, parameters)
    pattern = projection.pattern(place, keys, parameters)
    for path in _listed(s3, place.partition("${")[0], exact=False):
        found = pattern.match(path)
        if found and all(projection.projected(key, found[key], parameters) for key in keys):
            yield Found(path, found.groupdict())


def _listed(s3: Any, location: str, *, exact: bool = True) -> Iterator[str]:
    bucket = urlsplit(location).netloc
    prefix = location.removeprefix(f"s3://{bucket}/")
    if exact and prefix:
        prefix = prefix.rstrip("/") + "/"
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for entry in page.get("Contents", []):
            if entry["Size"] and not re.search(r"(^|/)[._]", entry["Key"].removeprefix(prefix)):
                yield f"s3://{bucket}/{entry['Key']}"
