"""Asks the silver job to process bronze objects that it would not look at by itself.

A request is one object in bronze, which the job's next run answers in the commit that holds the records.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from lakehouse.layout.paths import ingest_partition_of, requests_prefix
from lakehouse.model.dataset import Dataset, Layer
from tools.ops.target import Target

ALL = "all"
"""What a request asks for that is about every object."""


@dataclass(frozen=True)
class Stored:
    """One object of a bucket."""

    key: str
    size: int


def ask(target: Target, dataset: Dataset, keys: Sequence[str], name: str) -> None:
    """Ask for objects of bronze, by their keys, or for `ALL`; `name` says what for.

    Runs answer a request once, by its key, and the same objects may be asked for again within the hour, once
    the contract is another one: no two requests have the same key.
    """
    names = keys if keys == ALL else [key.removeprefix(f"{dataset.id}/") for key in keys]
    target.client("s3").put_object(
        Bucket=target.settings.naming.bucket(Layer.BRONZE),
        Key=f"{requests_prefix(dataset)}{ingest_partition_of(datetime.now(UTC))}{name}-{uuid4().hex}.json",
        Body=json.dumps({"objects": names}, indent=1).encode(),
    )


def asked(target: Target, dataset: Dataset) -> set[str]:
    """Names by which objects of a dataset were ever asked for."""
    prefix = requests_prefix(dataset)
    keys = list_keys(target, target.settings.naming.bucket(Layer.BRONZE), prefix)
    return {key.rpartition("/")[2].rpartition("-")[0] for key in keys}


def list_objects(target: Target, bucket: str, prefix: str) -> Iterable[Stored]:
    """Objects below a prefix."""
    pages = target.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return (Stored(found["Key"], found["Size"]) for page in pages for found in page.get("Contents", ()))


def list_keys(target: Target, bucket: str, prefix: str) -> Iterable[str]:
    """Keys below a prefix."""
    return (found.key for found in list_objects(target, bucket, prefix))


def start_pipeline(domains: Iterable[str]) -> str:
    """What to do next."""
    names = ", ".join(sorted(set(domains)))
    return f"The next run of the pipeline of {names} processes them; start it if none is scheduled."
