"""Tells what kind of file a sample is by its content, and reads it."""

import gzip
import json
import zlib
from collections.abc import Callable, Collection
from pathlib import Path

import duckdb

from tools.lake.drafts.samples.csv_lines import read_csv
from tools.lake.drafts.samples.json_lines import read_json
from tools.lake.drafts.samples.parquet import read_parquet
from tools.lake.drafts.samples.sample import Connection, Sample, Source

_HEAD = 64 * 1024
"""Bytes in which jobs look for a header, and that tell formats apart."""

_ARRAY_TO_LINES = 'python3 -c "import json,sys; [print(json.dumps(r)) for r in json.load(sys.stdin)]"'
_OBJECT_TO_LINE = 'python3 -c "import json,sys; print(json.dumps(json.load(sys.stdin)))"'


def read_sample(connection: Connection, path: Path, skip: Collection[str] = ()) -> Sample:
    """Read a file of comma-separated values, JSON lines or Parquet; the first two may be gzipped.

    Args:
        connection: Gets tables for what was read; each sample needs one of its own.
        path: The file.
        skip: Columns that are left out.

    Raises:
        InvalidInputError: The file is none of these, or jobs could not map its columns.
    """
    source = _source(path)
    try:
        sample = _reader(source)(connection, source, skip)
    except duckdb.Error as error:
        got = str(error).partition("\n")[0]
        raise source.refuse(got, "CSV, JSON lines or Parquet, whole", "get it again") from error
    if not sample.rows:
        got = f"no record that could be read, and {sample.unreadable} that could not"
        raise source.refuse(got, "at least one record", "take a file with data; the more, the better")
    return sample


def _reader(source: Source) -> Callable[[Connection, Source, Collection[str]], Sample]:
    if source.head.startswith(b"PAR1"):
        return read_parquet
    if source.head.startswith(b"PK\x03\x04"):
        fix = f"unzip {source.path.name}"
        raise source.refuse("a zip archive", "CSV, JSON lines or Parquet, plain or .gz", fix)
    if source.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        _check_lines(source)
        return read_json
    return read_csv


def _source(path: Path) -> Source:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.startswith(b"\x1f\x8b"):
        return Source(path, head, "none")
    try:
        with gzip.open(path) as file:
            return Source(path, file.read(_HEAD), "gzip")
    except (zlib.error, EOFError, gzip.BadGzipFile) as error:
        raise Source(path, b"", "gzip").refuse(
            str(error), "a whole gzip file", "get the file again"
        ) from error


def _check_lines(source: Source) -> None:
    """Refuse JSON that is not one object on a line: jobs would reject every line of it."""
    text, name = source.head.decode("utf-8-sig", errors="replace").lstrip(), source.path.name
    if text.startswith("["):
        fix = f"write one object on a line, here and at the source: {_ARRAY_TO_LINES} < {name} > sample.jsonl"
        raise source.refuse("a JSON array", "JSON lines: one object on a line", fix)
    line, newline, _ = text.partition("\n")
    try:
        json.loads(line)
    except json.JSONDecodeError as error:
        if newline and line.strip() == "{":
            fix = f"write it on one line: {_OBJECT_TO_LINE} < {name} > sample.jsonl"
            raise source.refuse(
                "an object on several lines", "JSON lines: one object on a line", fix
            ) from error
