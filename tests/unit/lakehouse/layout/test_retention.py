"""Bronze expires where a contract says so, and nowhere else."""

from dataclasses import replace

from lakehouse.layout.retention import expiries
from lakehouse.model.dataset import Lake
from lakehouse.model.service import ServiceLevel
from tests.unit.lakehouse.datasets import ORDERS, TOTALS

PROMISE = ServiceLevel(retention_days=30)


def test_prefix_expires_when_the_contract_has_a_retention() -> None:
    kept = replace(ORDERS, name="kept", service=ServiceLevel(freshness_hours=4))
    lake = Lake((replace(ORDERS, service=PROMISE), replace(ORDERS, name="orders_too", service=PROMISE), kept))
    assert expiries(lake) == {"shop/orders/": 30, "shop/orders_too/": 30}


def test_prefix_stays_when_the_dataset_is_a_product() -> None:
    assert expiries(Lake((ORDERS, replace(TOTALS, service=PROMISE)))) == {}
