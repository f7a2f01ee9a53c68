from dataclasses import replace

import pytest

from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Dataset, Mode
from lakehouse.model.fields import Field, Scalar
from lakehouse.odcs import load_lake
from local.samples.feed import parts_of


@pytest.fixture(scope="module")
def datasets() -> dict[str, Dataset]:
    return {dataset.id: dataset for dataset in load_lake(PROJECT_ROOT).datasets}


def with_column(dataset: Dataset, *, required: bool) -> Dataset:
    return replace(dataset, fields=(*dataset.fields, Field("added", Scalar.STRING, required, "")))


@pytest.mark.parametrize("name", ["sales/orders", "cafe/menu_clicks", "flights/planes"])
def test_records_are_those_made_by_hand_when_the_contract_fits_them(
    datasets: dict[str, Dataset], name: str
) -> None:
    by_hand, generated = parts_of(datasets[name])
    assert not generated
    assert parts_of(with_column(datasets[name], required=False)) == (by_hand, False)


@pytest.mark.parametrize("name", ["sales/orders", "flights/planes"])
def test_records_are_generated_when_the_contract_demands_what_others_lack(
    datasets: dict[str, Dataset], name: str
) -> None:
    parts, generated = parts_of(with_column(datasets[name], required=True))
    assert generated
    assert any(b"added" in part for part in parts)


def test_records_are_generated_when_they_arrive_in_another_way(datasets: dict[str, Dataset]) -> None:
    orders = datasets["sales/orders"]
    assert orders.ingestion
    dropped = replace(orders, ingestion=replace(orders.ingestion, mode=Mode.FILES))
    (file,), generated = parts_of(dropped)
    assert generated
    assert file.count(b"\n") > 100
