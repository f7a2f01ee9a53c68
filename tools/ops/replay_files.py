"""`lake-ops replay files`: quarantined files whose dataset is known by now go to the router again."""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Self

import typer

from lakehouse.layout.paths import FILE_REPLAY, UNROUTED
from lakehouse.layout.routes import routes
from lakehouse.model.dataset import Layer
from tools.cli.project import AsJson, Root
from tools.cli.summary import Item, State, conclude
from tools.ops.router import event_of, tell
from tools.ops.target import DryRun, Env, Target, acting, open_target

_NAME = re.compile(
    rf"{UNROUTED}(?P<reason>\w+)/(?P<folders>(?:[^/]*/)*)[0-9a-f]{{16}}-(?P<name>[^/]*)", re.DOTALL
)
"""How the router names what it quarantines: the key in landing, and a digest of its version."""

_BROKEN = ("empty_object", "truncated_gzip", "corrupt_gzip")
_POLL_SECONDS = 1.0
_NEXT = "They are in bronze; the next run of their domains' pipelines processes them."


@dataclass(frozen=True)
class QuarantinedFile:
    """The current version of a file that the router could not place."""

    key: str
    reason: str
    landing_key: str
    version: Mapping[str, Any] = field(hash=False)
    """The entry of ListObjectVersions."""

    @classmethod
    def of(cls, version: Mapping[str, Any]) -> Self | None:
        """Read an entry of ListObjectVersions; None if it is no such file."""
        if (match := _NAME.fullmatch(version["Key"])) is None:
            return None
        return cls(version["Key"], match["reason"], match["folders"] + match["name"], version)


@acting
def files(
    prefix: Annotated[str, typer.Argument(help="Beginning of the keys that the files had in landing.")] = "",
    wait: Annotated[int, typer.Option(help="Seconds to wait for the router; 0: do not wait.")] = 60,
    *,
    env: Env = "dev",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Route quarantined files again, once their dataset has a contract or its format is mended.

    Tells the landing router of each such file, which moves it from quarantine to bronze exactly as it moves
    files from landing: once, however often it is told. A file that is still refused stays where it is.
    `lake-ops replay files DOMAIN/` takes those that landed below `DOMAIN/`.

    Files that are empty or whose gzip is broken are skipped: only their sender can mend them.
    """
    target = open_target(env, root)
    found = list(_quarantined(target, prefix))
    known = routes(target.lake)
    skipped = {file: why for file in found if (why := why_not(file, known))}
    sent = [file for file in found if file not in skipped]
    waiting: set[str] = set()
    if sent and not dry_run:
        bucket = target.settings.naming.bucket(Layer.QUARANTINE)
        tell(target, (event_of(bucket, file.version, FILE_REPLAY) for file in sent))
        waiting = _wait(target, sent, wait)
    items = [
        Item(file.key, State.SKIPPED, why=skipped[file])
        if file in skipped
        else _item(file, waiting, dry_run, wait)
        for file in found
    ]
    conclude("replay files", items, as_json, _NEXT if wait else "")


def _item(file: QuarantinedFile, waiting: set[str], dry_run: bool, wait: int) -> Item:
    if file.key in waiting:
        why = f"after {wait} s still in quarantine: refused again, or the router is not done; see its log"
        return Item(file.key, State.FAILED, why=why)
    return Item(file.key, State.PLANNED if dry_run else State.DONE)


def why_not(file: QuarantinedFile, known: Mapping[str, object]) -> str:
    """Why the router would refuse a file again, given the datasets that take files; empty if it would not."""
    if file.reason in _BROKEN:
        return f"{file.reason}: ask its sender for the file again"
    dataset = "/".join(file.landing_key.split("/")[:-1][:2])
    return "" if dataset in known else f"no dataset {dataset or 'of that name'} takes files: add its contract"


def _quarantined(target: Target, prefix: str) -> Iterator[QuarantinedFile]:
    bucket = target.settings.naming.bucket(Layer.QUARANTINE)
    pages = target.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=UNROUTED)
    for page in pages:
        for one in page.get("Versions", ()):
            file = QuarantinedFile.of(one) if one["IsLatest"] else None
            if file and file.landing_key.startswith(prefix):
                yield file


def _wait(target: Target, files: Sequence[QuarantinedFile], seconds: int) -> set[str]:
    """Keys that are still in quarantine after so many seconds; none if nobody waits."""
    if not seconds:
        return set()
    deadline, keys = time.monotonic() + seconds, {file.key for file in files}
    while (left := keys & {file.key for file in _quarantined(target, "")}) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    return left
