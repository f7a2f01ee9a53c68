"""What feeds which dataset: samples that were made by hand, else records made from its contract."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lakehouse.layout.cdc import is_replica
from lakehouse.model.dataset import Dataset
from local.feed.features import local_features
from local.feed.finder import LakeSamples, is_streamed
from local.feed.generated import ImpossibleDataError, generate
from local.feed.replicas import replica_files
from local.feed.samples import Changes, Counts, Files, Made, Records
from local.lake.lake import LocalLake


@dataclass(frozen=True)
class Fed:
    """How datasets were fed, by id; the records of those that are not named here were made by hand."""

    generated: frozenset[str] = frozenset()
    """Datasets whose records were made from their contract."""
    impossible: Mapping[str, str] = field(default_factory=dict)
    """Why nothing could be made for a dataset."""
    posted: Mapping[str, int] = field(default_factory=dict)
    """How many records of a dataset a feature took."""
    expected: Mapping[str, Counts] = field(default_factory=dict)
    """What the records that were made by hand must come to."""


def feed(lake: LocalLake, samples: LakeSamples) -> Fed:
    """Send every sample on its way and wait until all of it is in bronze."""
    files: dict[str, bytes] = {}
    expected: dict[str, Counts] = {}
    impossible: dict[str, str] = {}
    posted: dict[str, int] = {}
    features = local_features(lake)
    for dataset in lake.sources:
        made = samples.of(dataset)
        try:
            if is_replica(dataset):
                parts: list[bytes] = []
                files |= replica_files(dataset, made if isinstance(made, Changes) else None)
            else:
                parts = parts_of(dataset, made)
        except ImpossibleDataError as error:
            impossible[dataset.id] = str(error)
            continue
        if made:
            expected[dataset.id] = made.counts
        source = dataset.ingestion.source if dataset.ingestion else None
        if source is not None and source.feature in features and not is_replica(dataset):
            plain = features[source.feature].bring(lake, dataset, parts)
            posted[dataset.id] = len(parts) - len(plain)
            parts = plain
        if is_streamed(dataset):
            lake.stream(dataset, parts)
        else:
            files |= _files(dataset, parts)
    lake.drop(files)
    generated = {dataset.id for dataset in lake.sources} - expected.keys() - impossible.keys()
    return Fed(frozenset(generated), impossible, posted, expected)


def parts_of(dataset: Dataset, made: Made | None) -> list[bytes]:
    """Records of a stream, or whole files: those that were made by hand, else others from the contract.

    Raises:
        ImpossibleDataError: There are none, and none can be made.
    """
    if isinstance(made, Records):
        return list(made.records)
    if isinstance(made, Files):
        return list(made.files)
    data = generate(dataset)
    return [sample.record for sample in data.samples] if is_streamed(dataset) else list(data.files)


def _files(dataset: Dataset, bodies: Iterable[bytes]) -> dict[str, bytes]:
    """Files for a dataset by their key in landing."""
    suffix = dataset.ingestion.format if dataset.ingestion else ""
    return {f"{dataset.id}/{dataset.name}-{at}.{suffix}": body for at, body in enumerate(bodies, start=1)}
