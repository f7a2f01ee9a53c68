from dataclasses import replace

import pytest

from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Dataset, Mode
from lakehouse.model.fields import Field, Scalar
from lakehouse.odcs.lake.load import load_lake
from local.feed.feed import parts_of
from local.feed.finder import LakeSamples, find_samples


@pytest.fixture(scope="module")
def datasets() -> dict[str, Dataset]:
    return {dataset.id: dataset for dataset in load_lake(PROJECT_ROOT).datasets}


@pytest.fixture(scope="module")
def samples() -> LakeSamples:
    return find_samples(load_lake(PROJECT_ROOT))


def with_column(dataset: Dataset, *, required: bool) -> Dataset:
    return replace(dataset, fields=(*dataset.fields, Field("added", Scalar.STRING, required, "")))


@pytest.mark.parametrize("name", ["sales/orders", "cafe/menu_clicks", "flights/planes"])
def test_records_are_those_made_by_hand_when_the_contract_fits_them(datasets, samples, name: str) -> None:
    made = samples.of(datasets[name])
    assert made is not None
    assert parts_of(datasets[name], made) != parts_of(datasets[name], None)
    assert samples.of(with_column(datasets[name], required=False)) == made


@pytest.mark.parametrize("name", ["sales/orders", "flights/planes"])
def test_records_are_generated_when_the_contract_demands_what_others_lack(
    datasets, samples, name: str
) -> None:
    dataset = with_column(datasets[name], required=True)
    assert samples.of(dataset) is None
    parts = parts_of(dataset, None)
    assert any(b"added" in part for part in parts)


def test_records_are_generated_when_they_arrive_in_another_way(datasets, samples) -> None:
    orders = datasets["sales/orders"]
    dropped = replace(orders, ingestion=replace(orders.ingestion, mode=Mode.FILES))
    assert samples.of(dropped) is None
    (file,) = parts_of(dropped, None)
    assert file.count(b"\n") > 100
