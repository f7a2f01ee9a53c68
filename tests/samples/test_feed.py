"""Samples feed the datasets that they fit; others are fed with records made from their contract."""

from dataclasses import replace

import pytest

from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Dataset, Format, Mode
from lakehouse.model.fields import Field, Scalar
from local.feed.feed import parts_of
from local.feed.finder import find_samples
from local.feed.samples import Changes
from tests.fixtures.environments import lake_of

LAKE = lake_of(PROJECT_ROOT)
SAMPLES = find_samples(LAKE)
FED = [
    dataset
    for dataset in LAKE.datasets
    if dataset.ingestion and (made := SAMPLES.of(dataset)) and not isinstance(made, Changes)
]


@pytest.fixture(params=FED, ids=lambda dataset: dataset.id)
def fed(request: pytest.FixtureRequest) -> Dataset:
    found: Dataset = request.param
    return found


def with_column(dataset: Dataset, *, required: bool) -> Dataset:
    return replace(dataset, fields=(*dataset.fields, Field("added", Scalar.STRING, required, "")))


def test_records_are_those_made_by_hand_when_the_contract_fits_them(fed: Dataset) -> None:
    made = SAMPLES.of(fed)
    assert made is not None
    assert parts_of(fed, made) != parts_of(fed, None)
    assert SAMPLES.of(with_column(fed, required=False)) == made


def test_records_are_generated_when_the_contract_demands_what_others_lack(fed: Dataset) -> None:
    dataset = with_column(fed, required=True)
    assert SAMPLES.of(dataset) is None
    assert any(b"added" in part for part in parts_of(dataset, None))


def test_records_are_generated_when_they_arrive_in_another_way(fed: Dataset) -> None:
    assert fed.ingestion is not None
    if fed.ingestion.mode is Mode.FILES:
        other = replace(fed.ingestion, mode=Mode.STREAM, format=Format.JSON)
    else:
        other = replace(
            fed.ingestion, mode=Mode.FILES, format=Format.JSON, stream=None, transform=None, source=None
        )
    assert SAMPLES.of(replace(fed, ingestion=other)) is None
