"""One more dataset changes its own domain, and of that nothing but what must know of it."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lakehouse.model.dataset import Dataset
from tests.fixtures.environments import TRIAL
from tests.infra.comparison import without_hashes
from tests.infra.lakes import FILES
from tests.unit.lakehouse.datasets import ORDERS, TOTALS

STREAM = replace(ORDERS, domain="shop", name="returns")
DROPPED = replace(STREAM, ingestion=FILES)
PRODUCT = replace(
    TOTALS,
    domain="shop",
    name="returns",
    sql="SELECT order_id, amount AS price FROM silver_shop.orders",
    inputs=("shop/orders",),
)

MANIFEST = {
    "DomainShop/BronzeToSilverJob",
    "DomainShop/BronzeToSilverRoleDefaultPolicy",
    "DomainShop/SilverToGoldJob",
    "DomainShop/SilverToGoldRoleDefaultPolicy",
    "DomainShop/TableMaintenanceJob",
    "DomainShop/TableMaintenanceRoleDefaultPolicy",
}
"""What names the content hash of the domain's manifest: the jobs that read it, and the right to."""

COMPILED = r"[0-9a-f]{64}(?=\.json)"
"""Content hashes of documents that are compiled from contracts: manifests and routes."""

ROUTES = {"Ingestion/LandingRouter", "Ingestion/LandingRouterRoleDefaultPolicy"}
"""What names the content hash of the file of routes."""


def _resources(templates: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{stack}/{logical_id}": resource
        for stack, template in templates.items()
        for logical_id, resource in template["Resources"].items()
    }


@pytest.mark.parametrize(
    ("dataset", "changed"),
    [(STREAM, MANIFEST), (DROPPED, MANIFEST | ROUTES), (PRODUCT, MANIFEST)],
    ids=["stream", "files", "product"],
)
def test_one_more_dataset_adds_its_resources_and_changes_only_what_names_it(
    synthesize: Callable[..., Any], dataset: Dataset, changed: set[str]
) -> None:
    lake = TRIAL.lake
    before = synthesize(TRIAL, lake)
    after = synthesize(TRIAL, replace(lake, datasets=(*lake.datasets, dataset)))

    assert after.keys() == before.keys()
    for stack, template in before.items():
        rest = {section for section in template if template[section] != after[stack].get(section)}
        assert rest <= {"Resources"}, stack
    old, new = _resources(before), _resources(after)
    assert old.keys() <= new.keys()
    assert {re.sub(r"[0-9A-F]{8}$", "", key) for key in old if old[key] != new[key]} == changed
    kept = {key: new[key] for key in old}
    assert without_hashes(old, COMPILED) == without_hashes(kept, COMPILED)
    added = new.keys() - old.keys()
    assert added
    assert all(key.startswith("DomainShop/DatasetsReturns") for key in added)


def test_one_more_domain_leaves_the_other_domains_as_they_are(synthesize: Callable[..., Any]) -> None:
    lake = TRIAL.lake
    before = synthesize(TRIAL, lake)
    kiosk = replace(ORDERS, domain="kiosk", ingestion=FILES)
    after = synthesize(TRIAL, replace(lake, datasets=(*lake.datasets, kiosk)))
    assert after.keys() - before.keys() == {"DomainKiosk"}
    changed = {stack for stack in before if before[stack] != after[stack]}
    assert changed == {"Ingestion", "Observability"}
