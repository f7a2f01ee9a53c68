"""What is brought to a dataset: files as they are, streams line by line, samples where they lie."""

import gzip
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from lakehouse.model.dataset import Dataset
from local.emulator.launcher import EmbeddedAws
from local.kept.feeding import Given, bring, samples_of
from local.lake.lake import LocalLake
from tests.fixtures.environments import copy_environment
from tests.unit.lakehouse.project import Project, source

FILES = {"mode": "files", "format": "csv"}


class _Lake(LocalLake):
    """Notes what is brought to it."""

    streamed: tuple[bytes, ...] = ()
    dropped: Mapping[str, bytes] = {}

    def stream(self, dataset: Dataset, records: Iterable[bytes]) -> None:
        self.streamed = tuple(records)

    def drop(self, files: Mapping[str, bytes]) -> None:
        self.dropped = files


@pytest.fixture
def lake(tmp_path: Path) -> _Lake:
    project = Project(tmp_path / "project")
    project.write(source("shop/orders"))
    project.write(source("shop/refunds", ingestion=FILES), "shop/refunds")
    copy_environment("local", project.root)
    return _Lake(EmbeddedAws(tmp_path / "aws", port=0), project.root)


def _dataset(lake: LocalLake, name: str) -> Dataset:
    return next(each for each in lake.sources if each.name == name)


def test_lines_of_files_are_records_of_a_stream_whether_they_are_gzipped_or_not(lake: _Lake) -> None:
    files = [Given("a.json", b'{"a": 1}\r\n\n{"a": 2}'), Given("b.json.gz", gzip.compress(b'{"a": 3}\n'))]
    bring(lake, _dataset(lake, "orders"), files)
    assert lake.streamed == (b'{"a": 1}', b'{"a": 2}', b'{"a": 3}')
    assert lake.dropped == {}


def test_files_are_dropped_as_they_are_under_names_of_their_own(lake: _Lake) -> None:
    bring(lake, _dataset(lake, "refunds"), [Given("my a.csv", b"a"), Given("my a.csv", b"b")])
    assert sorted(lake.dropped.values()) == [b"a", b"b"]
    assert all(key.startswith("shop/refunds/") and key.endswith("-my a.csv") for key in lake.dropped)


def test_samples_lie_beside_the_contract_in_a_file_or_folder_of_its_name(lake: _Lake) -> None:
    folder = lake.root / "contracts" / "shop" / "samples"
    (folder / "refunds").mkdir(parents=True)
    for name in ("orders.json.gz", "orders_of_others.json", "refunds/b.csv", "refunds/a.csv"):
        (folder / name).write_bytes(name.encode())
    assert samples_of(lake.root, _dataset(lake, "orders")) == [Given("orders.json.gz", b"orders.json.gz")]
    assert samples_of(lake.root, _dataset(lake, "refunds")) == [
        Given("a.csv", b"refunds/a.csv"),
        Given("b.csv", b"refunds/b.csv"),
    ]


def test_dataset_without_samples_has_none(lake: _Lake) -> None:
    assert samples_of(lake.root, _dataset(lake, "orders")) == []
