"""What feeds which dataset: samples that were made by hand, else records made from its contract."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from lakehouse.layout.cdc import is_replica
from lakehouse.model.dataset import Dataset, Mode
from local.features import local_features
from local.lake.lake import LocalLake
from local.samples import gaming_logs, sample_data
from local.samples.generated import ImpossibleDataError, generate
from local.samples.replicas import replica_files

_STREAMED = {"sales/orders": sample_data.orders, "cafe/menu_clicks": sample_data.menu_clicks}
_FILES_DOMAIN = "flights"


@dataclass(frozen=True)
class Fed:
    """How datasets were fed, by id; the records of those that are not named here were made by hand."""

    generated: frozenset[str] = frozenset()
    """Datasets whose records were made from their contract."""
    impossible: Mapping[str, str] = field(default_factory=dict)
    """Why nothing could be made for a dataset."""
    posted: Mapping[str, int] = field(default_factory=dict)
    """How many records of a dataset a feature took."""


def feed(lake: LocalLake) -> Fed:
    """Send every sample on its way and wait until all of it is in bronze."""
    files: dict[str, bytes] = {}
    generated: set[str] = set()
    impossible: dict[str, str] = {}
    posted: dict[str, int] = {}
    features = local_features(lake)
    for dataset in lake.sources:
        try:
            if is_replica(dataset):
                parts: list[bytes] = []
                changes, is_generated = replica_files(dataset)
                files |= changes
            else:
                parts, is_generated = parts_of(dataset)
        except ImpossibleDataError as error:
            impossible[dataset.id] = str(error)
            continue
        if is_generated:
            generated.add(dataset.id)
        source = dataset.ingestion.source if dataset.ingestion else None
        if source is not None and source.feature in features and not is_replica(dataset):
            plain = features[source.feature].bring(lake, dataset, parts)
            posted[dataset.id] = len(parts) - len(plain)
            parts = plain
        if _is_streamed(dataset):
            lake.stream(dataset, parts)
        else:
            files |= _files(dataset, parts)
    lake.drop(files)
    return Fed(frozenset(generated), impossible, posted)


def parts_of(dataset: Dataset) -> tuple[list[bytes], bool]:
    """Records of a stream, or whole files, and whether they were made from the contract.

    Raises:
        ImpossibleDataError: There are none, and none can be made.
    """
    parts = _made_by_hand(dataset)
    return (_generated(dataset), True) if parts is None else (parts, False)


def _made_by_hand(dataset: Dataset) -> list[bytes] | None:
    """Records, or files, that were made for this dataset; None if there are none that its contract fits."""
    if dataset.id in _STREAMED and _is_streamed(dataset):
        samples = _STREAMED[dataset.id]()
        return [sample.record for sample in samples] if _fits(dataset, samples[0].row) else None
    if dataset.id == gaming_logs.DATASET and not _is_streamed(dataset):
        logs = gaming_logs.log_files()
        return [file.body for file in logs] if _fits(dataset, logs[0].entries[0]) else None
    if dataset.domain != _FILES_DOMAIN or _is_streamed(dataset):
        return None
    file = _flight_files().get(dataset.name)
    return [file] if file and _fits(dataset, file.partition(b"\n")[0].decode().split(",")) else None


def _fits(dataset: Dataset, names: Iterable[str]) -> bool:
    """Whether a contract, which somebody may have changed, demands nothing that samples do not have."""
    return {column.name for column in dataset.fields if column.required} <= set(names)


def _generated(dataset: Dataset) -> list[bytes]:
    data = generate(dataset)
    return [sample.record for sample in data.samples] if _is_streamed(dataset) else list(data.files)


def _is_streamed(dataset: Dataset) -> bool:
    return dataset.ingestion is not None and dataset.ingestion.mode is Mode.STREAM


def _files(dataset: Dataset, bodies: Iterable[bytes]) -> dict[str, bytes]:
    """Files for a dataset by their key in landing."""
    suffix = dataset.ingestion.format if dataset.ingestion else ""
    return {f"{dataset.id}/{dataset.name}-{at}.{suffix}": body for at, body in enumerate(bodies, start=1)}


@cache
def _flight_files() -> dict[str, bytes]:
    return sample_data.flight_files()
