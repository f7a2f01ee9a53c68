"""What was erased, when and by which role, in a table of each domain that tells nothing about the person.

A row for each dataset when an erasure begins, and one when it has ended: the former says which objects were
concerned, so whoever is killed between the two is followed by one that makes these anew.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from lakehouse.layout.paths import erasures_prefix
from lakehouse.model.dataset import Dataset, Layer
from tools.ops.bronze.requests import list_keys
from tools.ops.tables import read_uri
from tools.ops.target import Target

BEGUN, ENDED = "BEGUN", "ENDED"


@dataclass(frozen=True)
class Entry:
    """A row of the table `erasures` (see `lakehouse.targets.erasures`)."""

    erasure_id: str
    event_type: str
    event_time: str
    """Instant in UTC, as Hive reads it."""
    role: str
    """Name of the role that the command ran under."""
    dataset: str
    objects: Sequence[str]
    """Bronze objects that held records, below the dataset's prefix."""
    records: int
    """Records that were taken out of them and of what lies beside them, older versions counted too."""
    products: Sequence[str]
    """Products that were made anew."""
    traces_until: str | None
    """Instant after which nothing is left of what this erasure found, in UTC."""


def instant(at: datetime) -> str:
    """Return an instant as the table has it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def role_of(target: Target) -> str:
    """Return the name of the role, without the session, which tells a person."""
    arn = str(target.client("sts").get_caller_identity()["Arn"])
    return arn.rpartition(":")[2].split("/")[1] if "/" in arn else arn.rpartition(":")[2]


def write(target: Target, entries: Sequence[Entry]) -> None:
    """Add rows; the same ones may be added again."""
    bucket = target.settings.naming.bucket(Layer.BRONZE)
    for entry in entries:
        domain, name = entry.dataset.split("/")
        key = f"{erasures_prefix(domain)}{entry.erasure_id}-{name}-{entry.event_type.lower()}.json"
        line = json.dumps(asdict(entry)) + "\n"
        target.client("s3").put_object(Bucket=bucket, Key=key, Body=line.encode())


def unfinished(target: Target, datasets: Iterable[Dataset]) -> dict[str, list[str]]:
    """Return the keys of objects that erasures had begun with and not come to an end, by dataset."""
    found: dict[str, set[str]] = {}
    for domain in sorted({each.domain for each in datasets}):
        entries = [*_entries(target, domain)]
        ended = {(each["erasure_id"], each["dataset"]) for each in entries if each["event_type"] == ENDED}
        for each in entries:
            if (each["erasure_id"], each["dataset"]) not in ended:
                keys = (f"{each['dataset']}/{name}" for name in each["objects"])
                found.setdefault(each["dataset"], set()).update(keys)
    return {dataset: sorted(keys) for dataset, keys in found.items()}


def close_unfinished(target: Target, datasets: Iterable[Dataset], after: Mapping[str, str | None]) -> None:
    """Note that what earlier erasures of datasets had begun has come to its end with this one.

    Args:
        target: The lake.
        datasets: Those that were made anew.
        after: Until when traces remain, by dataset.
    """
    done = {each.id for each in datasets}
    for domain in sorted({each.domain for each in datasets}):
        entries = [*_entries(target, domain)]
        ended = {(each["erasure_id"], each["dataset"]) for each in entries if each["event_type"] == ENDED}
        now = instant(datetime.now(UTC))
        left = [
            Entry(**{**each, "event_type": ENDED, "event_time": now, "traces_until": after[each["dataset"]]})
            for each in entries
            if each["dataset"] in done and (each["erasure_id"], each["dataset"]) not in ended
        ]
        write(target, left)


def _entries(target: Target, domain: str) -> Iterable[dict[str, Any]]:
    bucket = target.settings.naming.bucket(Layer.BRONZE)
    for key in list_keys(target, bucket, erasures_prefix(domain)):
        yield json.loads(read_uri(target, f"s3://{bucket}/{key}"))
