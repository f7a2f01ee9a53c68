"""Brings data of one's own, or samples, to datasets of a kept lake."""

import gzip
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lakehouse.layout.cdc import is_replica
from lakehouse.layout.samples import SAMPLES, sample_files
from lakehouse.model.dataset import Dataset
from local.feed.feed import feed
from local.feed.finder import find_samples, is_streamed
from local.lake.lake import LakeError, LocalLake


@dataclass(frozen=True)
class Given:
    """A file of somebody's."""

    name: str
    content: bytes


def samples_of(root: Path, dataset: Dataset) -> list[Given]:
    """Return what lies in the folder of samples beside a contract."""
    return [Given(file.name, file.read_bytes()) for file in sample_files(root, dataset)]


def bring(lake: LocalLake, dataset: Dataset, files: Iterable[Given]) -> None:
    """Put the records of files on the dataset's stream, or drop the files into landing.

    Raises:
        LakeError: The stream does not take a record, or the router has not moved a file.
    """
    if is_streamed(dataset):
        lake.stream(dataset, (line for file in files for line in _lines(file)))
        return
    stamp = time.time_ns()
    lake.drop(
        {f"{dataset.id}/{stamp}-{number}-{file.name}": file.content for number, file in enumerate(files)}
    )


def bring_samples(lake: LocalLake, datasets: Sequence[Dataset]) -> dict[str, str]:
    """Bring each dataset what lies beside its contract, or what the demonstration has for it.

    Returns:
        Where it came from, by dataset.

    Raises:
        LakeError: No record can be made for a dataset.
    """
    told = {}
    others = []
    for dataset in datasets:
        files = [] if is_replica(dataset) else samples_of(lake.root, dataset)
        if files:
            bring(lake, dataset, files)
            told[dataset.id] = f"{SAMPLES}/ beside its contract"
        else:
            others.append(dataset)
    if others:
        fed = feed(_narrowed(lake, others), find_samples(lake.lake))
        if fed.impossible:
            raise LakeError("\n".join(fed.impossible.values()))
        made = {True: "records generated from its contract", False: "samples of its domain"}
        told |= {each.id: made[each.id in fed.generated] for each in others}
    return told


def _narrowed(lake: LocalLake, datasets: Sequence[Dataset]) -> LocalLake:
    """Return the same lake, as if it had these datasets alone."""
    some = LocalLake(lake.aws, lake.root, [dataset.id for dataset in datasets])
    some.lake = replace(lake.lake, datasets=tuple(datasets))
    return some


def _lines(file: Given) -> list[bytes]:
    content = gzip.decompress(file.content) if file.name.endswith(".gz") else file.content
    return [line for line in content.splitlines() if line.strip()]


def is_empty(lake: LocalLake, dataset: Dataset) -> bool:
    """Whether nothing has ever arrived for a dataset."""
    return not lake.bronze_keys(dataset)
