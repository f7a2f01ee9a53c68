"""Bronze expires where a contract says so, and nowhere else."""

from dataclasses import replace

import pytest

from lakehouse.layout.retention import expiries
from lakehouse.model.dataset import Format, Ingestion, Lake, Mode
from lakehouse.model.service import ServiceLevel
from tests.unit.lakehouse.datasets import ORDERS, TOTALS

PROMISE = ServiceLevel(retention_days=30)


def test_prefix_expires_when_the_contract_has_a_retention() -> None:
    kept = replace(ORDERS, name="kept", service=ServiceLevel(freshness_hours=4))
    lake = Lake((replace(ORDERS, service=PROMISE), replace(ORDERS, name="orders_too", service=PROMISE), kept))
    assert expiries(lake) == {
        "_errors/shop/orders/": 30, "_errors/shop/orders_too/": 30, "shop/orders/": 30, "shop/orders_too/": 30
    }  # fmt: skip


@pytest.mark.parametrize(("other", "days"), [(ServiceLevel(retention_days=90), 90), (ServiceLevel(), None)])
def test_what_a_shared_stream_could_not_deliver_stays_as_long_as_one_of_its_datasets(
    other: ServiceLevel, days: int | None
) -> None:
    shared = replace(ORDERS, ingestion=Ingestion(Mode.STREAM, Format.JSON, stream="till"))
    lake = Lake((replace(shared, service=PROMISE), replace(shared, name="returns", service=other)))
    assert expiries(lake).get("_errors/shared/till/") == days
    assert expiries(lake)["shop/orders/"] == 30


def test_dataset_of_files_has_nothing_that_could_not_be_delivered() -> None:
    files = replace(ORDERS, ingestion=Ingestion(Mode.FILES, Format.JSON), service=PROMISE)
    assert expiries(Lake((files,))) == {"shop/orders/": 30}


def test_prefix_stays_when_the_dataset_is_a_product() -> None:
    assert expiries(Lake((ORDERS, replace(TOTALS, service=PROMISE)))) == {}
