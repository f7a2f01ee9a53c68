"""The data that a contract is tested against, wherever they lie."""

import os
import sys
from pathlib import Path

import typer
from lakehouse_etl.judge.part import Source
from pyarrow import fs

STDIN = "-"
_GZIP = b"\x1f\x8b"


def sources(where: str, kind: str) -> list[Source]:
    """Return the objects of a file, of a folder with all below it, of an S3 URI, or of standard input.

    Args:
        where: Path, `s3://…` URI, or `-`.
        kind: Format of the dataset, which names what comes from standard input.

    Raises:
        typer.BadParameter: Nothing can be read there.
    """
    if where == STDIN:
        content = sys.stdin.buffer.read()
        return [Source(f"stdin.{kind}{'.gz' if content.startswith(_GZIP) else ''}", content)]
    try:
        found = _of_s3(where) if where.startswith("s3://") else _of_path(Path(where))
    except (OSError, ValueError) as error:
        raise typer.BadParameter(
            f"got {where}: {error}; allowed: a file or folder that can be read, s3://…, or -; fix: name one"
        ) from error
    if not found:
        raise typer.BadParameter(
            f"got {where}, which has no file; allowed: a folder with data; fix: name another"
        )
    return found


def _of_path(path: Path) -> list[Source]:
    """Return files in the order of their paths, without hidden ones; each is read when it is judged."""
    if not path.is_dir():
        with path.open("rb"):
            return [Source(str(path), path)]
    below = [each for each in path.rglob("*") if each.is_file()]
    hidden = [each for each in below if any(part.startswith(".") for part in each.relative_to(path).parts)]
    return [Source(str(each), each) for each in sorted(set(below) - set(hidden))]


def _of_s3(uri: str) -> list[Source]:
    """Return the objects at a URI or below it, read whole under the caller's own credentials."""
    key = uri.removeprefix("s3://")
    storage = fs.S3FileSystem(
        region=os.environ.get("AWS_REGION") or fs.resolve_s3_region(key.partition("/")[0]),
        endpoint_override=os.environ.get("AWS_ENDPOINT_URL"),
        tls_ca_file_path=os.environ.get("AWS_CA_BUNDLE"),
    )
    [info] = storage.get_file_info([key])
    if info.type is fs.FileType.NotFound:
        raise FileNotFoundError("no such object")
    found = [info] if info.is_file else storage.get_file_info(fs.FileSelector(key, recursive=True))
    paths = sorted(each.path for each in found if each.is_file)
    return [
        Source(f"s3://{path}", storage.open_input_stream(path, compression=None).read()) for path in paths
    ]
