"""What was erased, when and by which role, in a table of each domain that tells nothing about the person.

A row for each dataset when an erasure begins, and one when it has ended: the former says which objects were
concerned, so whoever is killed between the two is followed by one that makes these anew. Nothing says whether
both were about the same person.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from lakehouse.layout.paths import erasures_prefix
from lakehouse.model.dataset import Dataset, Layer
from tools.ops.bronze.requests import list_keys
from tools.ops.tables import read_uri
from tools.ops.target import Target

BEGUN, ENDED, TAKEN_OVER = "BEGUN", "ENDED", "TAKEN_OVER"


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
    for each in _open(target, datasets):
        found.setdefault(each.dataset, set()).update(f"{each.dataset}/{name}" for name in each.objects)
    return {dataset: sorted(keys) for dataset, keys in found.items()}


def close(target: Target, id_: str, datasets: Iterable[Dataset], until: Mapping[str, str | None]) -> None:
    """Note that an erasure has ended, and that it made anew what others had left half-way.

    Args:
        target: The lake.
        id_: The erasure.
        datasets: Those that were made anew.
        until: Until when traces remain, by dataset.
    """
    now = instant(datetime.now(UTC))
    done = []
    for each in _open(target, datasets):
        if each.erasure_id == id_:
            done.append(replace(each, event_type=ENDED, event_time=now, traces_until=until[each.dataset]))
        else:
            done.append(replace(each, event_type=TAKEN_OVER, event_time=now))
    write(target, done)


def _open(target: Target, datasets: Iterable[Dataset]) -> list[Entry]:
    """Return how erasures of some datasets began that nobody has noted an end of."""
    wanted = {each.id for each in datasets}
    domains = sorted({id_.partition("/")[0] for id_ in wanted})
    entries = [each for domain in domains for each in _entries(target, domain) if each.dataset in wanted]
    ended = {(each.erasure_id, each.dataset) for each in entries if each.event_type != BEGUN}
    return [each for each in entries if (each.erasure_id, each.dataset) not in ended]


def _entries(target: Target, domain: str) -> Iterable[Entry]:
    bucket = target.settings.naming.bucket(Layer.BRONZE)
    for key in list_keys(target, bucket, erasures_prefix(domain)):
        yield Entry(**json.loads(read_uri(target, f"s3://{bucket}/{key}")))
