"""What feeds which dataset: samples that were made by hand, else records made from its contract."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from lakehouse.layout.cdc import is_replica
from lakehouse.model.dataset import Dataset, Mode
from local.features.click_api import ApiError, api_url, post
from local.feed.finder import LakeSamples, is_streamed
from local.feed.generated import ImpossibleDataError, generate
from local.feed.replicas import replica_files
from local.feed.samples import Changes, Counts, Files, Made, Records
from local.lake.lake import LakeError, LocalLake

_POSTED = 100
"""First records of an API's dataset that are posted; the others take the short way, onto its stream.

A post takes about 16 ms.
"""


@dataclass(frozen=True)
class Fed:
    """How datasets were fed, by id; the records of those that are not named here were made by hand."""

    generated: frozenset[str] = frozenset()
    """Datasets whose records were made from their contract."""
    impossible: Mapping[str, str] = field(default_factory=dict)
    """Why nothing could be made for a dataset."""
    posted: Mapping[str, int] = field(default_factory=dict)
    """How many records the API of a dataset took."""
    expected: Mapping[str, Counts] = field(default_factory=dict)
    """What the records that were made by hand must come to."""


def feed(lake: LocalLake, samples: LakeSamples) -> Fed:
    """Send every sample on its way and wait until all of it is in bronze."""
    files: dict[str, bytes] = {}
    expected: dict[str, Counts] = {}
    impossible: dict[str, str] = {}
    posted: dict[str, int] = {}
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
        if _is_posted(dataset):
            refused = _post(lake, dataset, parts[:_POSTED])
            posted[dataset.id] = len(parts[:_POSTED]) - len(refused)
            parts = refused + parts[_POSTED:]
        if is_streamed(dataset):
            lake.stream(dataset, parts)
        else:
            files |= _files(dataset, parts)
    lake.drop(files)
    generated = {dataset.id for dataset in lake.sources} - expected.keys() - impossible.keys()
    return Fed(frozenset(generated), impossible, posted, expected)


def _post(lake: LocalLake, dataset: Dataset, records: Iterable[bytes]) -> list[bytes]:
    """Post records, and return those that the API refused: silver must refuse them, too, on another way."""
    try:
        answers = list(post(lake.aws, api_url(lake.aws, lake.naming, dataset) + dataset.name, records))
    except ApiError as error:
        raise LakeError(str(error)) from error
    odd = [answer for answer in answers if answer.status not in (HTTPStatus.OK, HTTPStatus.BAD_REQUEST)]
    if odd:
        raise LakeError(f"the API of {dataset.id} answered {odd[0].status}, {odd[0].message}")
    return [answer.record for answer in answers if answer.status == HTTPStatus.BAD_REQUEST]


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


def _is_posted(dataset: Dataset) -> bool:
    return dataset.ingestion is not None and dataset.ingestion.mode is Mode.API


def _files(dataset: Dataset, bodies: Iterable[bytes]) -> dict[str, bytes]:
    """Files for a dataset by their key in landing."""
    suffix = dataset.ingestion.format if dataset.ingestion else ""
    return {f"{dataset.id}/{dataset.name}-{at}.{suffix}": body for at, body in enumerate(bodies, start=1)}
