"""Streams of the lake: which datasets share one, and how its records say whose they are."""

from collections import defaultdict
from typing import Any

from config.naming import Naming
from lakehouse.layout.paths import ERRORS
from lakehouse.model.dataset import Dataset, Lake

ROUTING_MEMBER = "dataset"
"""Member of each record of a shared stream that names its dataset, as `<domain>/<dataset>`."""

DATASETS_MAX = 50
"""Datasets of one shared stream: the policy of its Firehose names the folders of each.

A role's policies hold 10,240 characters: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""


def shared_streams(lake: Lake) -> dict[str, tuple[Dataset, ...]]:
    """Return the datasets of each shared stream, both sorted by name."""
    found: dict[str, list[Dataset]] = defaultdict(list)
    for dataset in lake.datasets:
        if dataset.ingestion is not None and dataset.ingestion.stream is not None:
            found[dataset.ingestion.stream].append(dataset)
    return {name: tuple(sorted(found[name], key=lambda each: each.id)) for name in sorted(found)}


def shared_name(stream: str, naming: Naming) -> str:
    """Return the name of a shared stream, which is its delivery stream's, too."""
    return naming.resource("shared", stream)


def stream_name(dataset: Dataset, naming: Naming) -> str:
    """Return the name of the stream that takes the records of a dataset."""
    if dataset.ingestion is not None and dataset.ingestion.stream is not None:
        return shared_name(dataset.ingestion.stream, naming)
    return naming.resource(dataset.domain, dataset.name)


def error_prefix(dataset: Dataset) -> str:
    """Return the prefix in bronze of what could not be delivered, of the whole stream where it is shared."""
    if dataset.ingestion is not None and dataset.ingestion.stream is not None:
        return shared_error_prefix(dataset.ingestion.stream)
    return f"{ERRORS}{dataset.id}/"


def shared_error_prefix(stream: str) -> str:
    """Return the prefix in bronze of what a shared stream could not deliver."""
    return f"{ERRORS}shared/{stream}/"


def unknown_routing_member(dataset: Dataset) -> str | None:
    """Return the member that a record has for its stream's sake alone; None if the contract names it."""
    shares = dataset.ingestion is not None and dataset.ingestion.stream is not None
    named = ROUTING_MEMBER in {field.source_name for field in dataset.fields}
    return ROUTING_MEMBER if shares and not named else None


def unpacks(datasets: tuple[Dataset, ...]) -> bool:
    """Whether the records of a stream with these datasets are unpacked and split."""
    return any(dataset.ingestion is not None and dataset.ingestion.transform for dataset in datasets)


def transform_routes(lake: Lake, naming: Naming) -> dict[str, dict[str, Any]]:
    """Return what the transform function knows of shared streams, by the name of the delivery stream."""
    return {
        shared_name(stream, naming): {
            "member": ROUTING_MEMBER,
            "unpacks": unpacks(datasets),
            "datasets": [dataset.id for dataset in datasets],
        }
        for stream, datasets in shared_streams(lake).items()
    }
