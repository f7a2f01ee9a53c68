"""What feeds which dataset: samples that were made by hand, else records made from its contract."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from lakehouse.model import Dataset, Mode
from local import sample_data
from local.generated_data import ImpossibleDataError, generate
from local.lake import LocalLake

_STREAMED = {"sales/orders": sample_data.orders, "cafe/menu_clicks": sample_data.menu_clicks}
_FILES_DOMAIN = "flights"


@dataclass(frozen=True)
class Fed:
    """How datasets were fed, by id; the records of those that are not named here were made by hand."""

    generated: frozenset[str] = frozenset()
    """Datasets whose records were made from their contract."""
    impossible: Mapping[str, str] = field(default_factory=dict)
    """Why nothing could be made for a dataset."""


def feed(lake: LocalLake) -> Fed:
    """Send every sample on its way and wait until all of it is in bronze."""
    files: dict[str, bytes] = {}
    generated: set[str] = set()
    impossible: dict[str, str] = {}
    for dataset in lake.sources:
        try:
            parts, is_generated = parts_of(dataset)
        except ImpossibleDataError as error:
            impossible[dataset.id] = str(error)
            continue
        if is_generated:
            generated.add(dataset.id)
        if _is_streamed(dataset):
            lake.stream(dataset, parts)
        else:
            files |= _files(dataset, parts)
    lake.drop(files)
    return Fed(frozenset(generated), impossible)


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
