"""Files of data that a statement writes: Parquet, JSON lines or delimited text, in folders by partition."""

import csv
import gzip
import io
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from local.patches.athena import text
from local.patches.athena.errors import QueryError
from local.patches.athena.hive import hive_partitions

_MOST_PARTITIONS = 100
"""https://docs.aws.amazon.com/athena/latest/ug/ctas-insert-into.html"""

_COMPRESSIONS = {
    "PARQUET": ("GZIP", "SNAPPY", "ZSTD", "NONE"),
    "JSON": ("GZIP", "NONE"),
    "TEXTFILE": ("GZIP", "NONE"),
}
"""What can be written here, the default first; Athena also has ORC, Avro and more compressions.

https://docs.aws.amazon.com/athena/latest/ug/compression-support-ctas.html
"""


@dataclass(frozen=True)
class Format:
    """How files are written.

    Attributes:
        name: PARQUET, JSON or TEXTFILE.
        compression: GZIP, SNAPPY, ZSTD or NONE.
        delimiter: Between the fields of a text.
    """

    name: str
    compression: str
    delimiter: str = "\x01"


@dataclass(frozen=True)
class Part:
    """One file: its partition's values, and its location."""

    values: dict[str, str]
    location: str


def format_of(name: str, compression: str = "", delimiter: str = "") -> Format:
    """A format by Athena's names.

    Raises:
        QueryError: It cannot be written here.
    """
    allowed = _COMPRESSIONS.get(name.upper())
    if allowed is None:
        raise QueryError(f"NOT_SUPPORTED: format {name}; this engine writes {', '.join(_COMPRESSIONS)}")
    wanted = compression.upper() or allowed[0]
    if wanted not in allowed:
        raise QueryError(
            f"NOT_SUPPORTED: compression {wanted} of {name}; this engine writes {', '.join(allowed)}"
        )
    return Format(name.upper(), wanted, delimiter or "\x01")


def require_empty(s3: Any, location: str) -> None:
    """Refuse a location that holds something.

    Raises:
        QueryError: It does.
        ClientError: The caller may not list it.
    """
    place = urlsplit(location)
    prefix = place.path.strip("/") + "/"
    if s3.list_objects_v2(Bucket=place.netloc, Prefix=prefix, MaxKeys=1).get("Contents"):
        raise QueryError(f"HIVE_PATH_ALREADY_EXISTS: Target directory already exists: {location}")


def write(s3: Any, location: str, rows: pa.Table, keys: list[str], kind: Format) -> list[Part]:
    """Write rows below a location, those of each partition in a folder of its own.

    Raises:
        QueryError: There are more partitions than Athena writes at once.
        ClientError: The caller may not write there.
    """
    parts = []
    for values, part in _partitions(rows, keys):
        folder = hive_partitions.folder(values) + "/" if values else ""
        name = f"{uuid.uuid4()}{'.gz' if kind.compression == 'GZIP' and kind.name != 'PARQUET' else ''}"
        target = f"{location.rstrip('/')}/{folder}{name}"
        bucket = urlsplit(location).netloc
        s3.put_object(Bucket=bucket, Key=target.removeprefix(f"s3://{bucket}/"), Body=_content(part, kind))
        parts.append(Part(values, target))
    return parts


def _partitions(rows: pa.Table, keys: list[str]) -> Iterator[tuple[dict[str, str], pa.Table]]:
    if rows.num_rows == 0:
        return
    if not keys:
        yield {}, rows
        return
    found = rows.select(keys).group_by(keys).aggregate([]).to_pylist()
    if len(found) > _MOST_PARTITIONS:
        raise QueryError(
            f"HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of {_MOST_PARTITIONS} open writers for partitions"
        )
    for one in found:
        chosen = pa.scalar(True)
        for key, value in one.items():
            same = (
                pc.is_null(rows[key])
                if value is None
                else pc.equal(rows[key], pa.scalar(value, rows[key].type))
            )
            chosen = pc.and_(chosen, pc.fill_null(same, False))
        printed = {
            key: hive_partitions.NULL if value is None else str(text.text(value))
            for key, value in one.items()
        }
        yield printed, rows.filter(chosen).drop_columns(keys)


def _content(rows: pa.Table, kind: Format) -> bytes:
    if kind.name == "PARQUET":
        sink = pa.BufferOutputStream()
        pq.write_table(rows, sink, compression=kind.compression.lower())
        return bytes(sink.getvalue())
    body = _json(rows) if kind.name == "JSON" else _text(rows, kind.delimiter)
    return gzip.compress(body) if kind.compression == "GZIP" else body


def _json(rows: pa.Table) -> bytes:
    return "".join(json.dumps(_jsonable(row)) + "\n" for row in rows.to_pylist()).encode()


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _jsonable(one) for key, one in value.items()}
    if isinstance(value, list):
        if value and isinstance(value[0], tuple):
            return {str(key): _jsonable(one) for key, one in value}
        return [_jsonable(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float | str) else text.text(value)


def _text(rows: pa.Table, delimiter: str) -> bytes:
    sink = io.StringIO()
    writer = csv.writer(
        sink, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_NONE, escapechar="\\"
    )
    writer.writerows([["\\N" if cell is None else cell for cell in row] for row in text.rows(rows)])
    return sink.getvalue().replace("\\\\N", "\\N").encode()
