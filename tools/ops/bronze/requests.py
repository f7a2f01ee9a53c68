"""Asks the silver job to process bronze objects that it would not look at by itself.

A request is one object in bronze, which the job's next run answers in the commit that holds the records.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import typer

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
    request(target, dataset, {"objects": names}, f"{name}-{uuid4().hex}", datetime.now(UTC))


def request(target: Target, dataset: Dataset, content: Mapping[str, Any], name: str, at: datetime) -> None:
    """Write a request; the same one may be written again, and is answered once."""
    target.client("s3").put_object(
        Bucket=target.settings.naming.bucket(Layer.BRONZE),
        Key=f"{requests_prefix(dataset)}{ingest_partition_of(at)}{name}.json",
        Body=json.dumps(content, indent=1).encode(),
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


def existing(target: Target, keys: Collection[str]) -> dict[str, Stored]:
    """Return those of some objects of bronze that are there; each of their folders is listed once."""
    bucket = target.settings.naming.bucket(Layer.BRONZE)
    folders = sorted({f"{key.rpartition('/')[0]}/" for key in keys})
    listed = (found for folder in folders for found in list_objects(target, bucket, folder))
    return {found.key: found for found in listed if found.key in keys}


def named(target: Target, dataset: Dataset, names: Collection[str]) -> list[Stored]:
    """Return objects by their URIs, or by their names below the dataset's folder.

    Raises:
        typer.BadParameter: Some are not there.
    """
    bucket, start = target.settings.naming.bucket(Layer.BRONZE), f"{dataset.id}/"
    keys = {f"{start}{name.removeprefix(f's3://{bucket}/').removeprefix(start)}" for name in names}
    found = existing(target, keys)
    if absent := sorted(keys - found.keys()):
        raise typer.BadParameter(
            f"--objects: got {', '.join(absent)}; allowed: objects of {dataset.id} in s3://{bucket}; what is "
            "no longer there cannot be processed again, and its rows stay"
        )
    return [found[key] for key in sorted(keys)]


def list_keys(target: Target, bucket: str, prefix: str) -> Iterable[str]:
    """Keys below a prefix."""
    return (found.key for found in list_objects(target, bucket, prefix))


def start_pipeline(domains: Iterable[str]) -> str:
    """What to do next."""
    names = ", ".join(sorted(set(domains)))
    return f"The next run of the pipeline of {names} processes them; start it if none is scheduled."
