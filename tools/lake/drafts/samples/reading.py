"""Tells what kind of file a sample is by its content, and reads it."""

import re
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

import duckdb
from lakehouse_etl.judge.json.parsing import MalformedError, objects
from lakehouse_etl.judge.objects import UnreadableError, opened

from tools.lake.drafts.samples.csv_lines import read_csv
from tools.lake.drafts.samples.json_lines import read_json
from tools.lake.drafts.samples.parquet import read_parquet
from tools.lake.drafts.samples.sample import Connection, Sample, Source

_HEAD = 64 * 1024
"""Bytes in which jobs look for a header, and that tell formats apart."""

_JSON = re.compile(rb"(\xef\xbb\xbf)?\s*(\{\s*[\"}]|\[\s*[\[{\]\"])")
"""How JSON begins; a name in a header may begin with a bracket, too."""

_UNPACK = "unpack it"
_OTHERS = {
    b"PK\x03\x04": ("a zip archive, or a spreadsheet", "unzip it, or save it as CSV"),
    b"\xd0\xcf\x11\xe0": ("a spreadsheet or document of Office", "save it as CSV"),
    b"ORC": ("ORC", "have the source write Parquet"),
    b"Obj\x01": ("Avro", "have the source write JSON lines or Parquet; lake import reads its schema"),
    b"BZh": ("bzip2", _UNPACK),
    b"(\xb5/\xfd": ("zstandard", _UNPACK),
    b"\xfd7zXZ": ("xz", _UNPACK),
    b"SQLite format 3": ("a database of SQLite", "export its tables"),
}
"""What is told of files of other kinds, by what they begin with."""

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
    source = source_of(path)
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
    for magic, (what, fix) in _OTHERS.items():
        if source.head.startswith(magic):
            raise source.refuse(what, "CSV, JSON lines or Parquet, plain or .gz", fix)
    if _JSON.match(source.head):
        _check_lines(source)
        return read_json
    return read_csv


def source_of(path: Path) -> Source:
    """Return a file with its beginning, decompressed.

    Raises:
        InvalidInputError: It is gzipped and damaged.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.startswith(b"\x1f\x8b"):
        return Source(path, head)
    source = Source(path, b"", compressed=True)
    try:
        with opened(source.as_jobs_have_it) as stream:
            return replace(source, head=stream.read(_HEAD))
    except UnreadableError as error:
        cause = str(error.__cause__)
        raise source.refuse(cause, "a whole gzip file", "get the file again") from error


def _check_lines(source: Source) -> None:
    """Refuse JSON that is spread over lines: jobs would reject every one of them."""
    text, name = source.head.decode("utf-8-sig", errors="replace").strip(), source.path.name
    first, newline, _ = text.partition("\n")
    try:
        objects(first)
    except MalformedError as error:
        if not newline or not (text.startswith("[") or first.strip() == "{"):
            return
        array = text.startswith("[")
        what, command = ("a JSON array", _ARRAY_TO_LINES) if array else ("an object", _OBJECT_TO_LINE)
        fix = f"write one object on a line, here and at the source: {command} < {name} > sample.jsonl"
        allowed = "JSON lines: one object on a line"
        raise source.refuse(f"{what} over several lines", allowed, fix) from error
