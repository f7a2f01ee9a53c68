"""What a manifest says about products."""

import copy
import json
from typing import Any

import pytest
from lakehouse_etl.contract import manifest
from lakehouse_etl.contract.manifest import ManifestError
from lakehouse_etl.contract.model import Input, PartitionField, Refresh

GOOD: dict[str, Any] = {
    "version": manifest.VERSION, "domain": "sales", "masking_secret": "s",
    "results_tables": {"silver": None, "gold": "gold.quality_results"},
    "datasets": [],
    "products": [{
        "name": "daily", "table": "gold.daily", "sql": "SELECT day FROM glue_catalog.silver.orders",
        "fields": [{"name": "day", "type": "date", "required": True, "masking": None, "checks": {}}],
        "key": ["day"], "write": "overwrite_partitions",
        "partition": [{"source": "day", "transform": "month"}],
        "inputs": [{"id": "sales/orders", "layer": "silver", "table": "silver.orders"}],
        "refresh": {"input": "sales/orders", "column": "day"}, "volatile": False, "table_rules": [],
    }],
}  # fmt: skip


def test_product_is_decoded() -> None:
    [product] = manifest.decode(json.dumps(GOOD).encode(), "m").products
    orders = Input("sales/orders", "silver", "silver.orders")
    assert (product.id, product.results_table, product.inputs) == (
        "sales/daily",
        "gold.quality_results",
        (orders,),
    )
    assert product.refresh == Refresh(orders, "day", "month")
    assert product.partition == (PartitionField("day", "month"),)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"write": "merge"}, "write: got 'merge'; allowed: overwrite or overwrite_partitions"),
        ({"write": "overwrite"}, "write: got 'overwrite'; allowed: overwrite_partitions with refresh"),
        ({"refresh": None}, "write: got 'overwrite_partitions'; allowed: overwrite_partitions with refresh"),
        ({"inputs": []}, "refresh.input: got 'sales/orders'"),
        (
            {"inputs": [{"id": "a/b", "layer": "bronze", "table": "t"}]},
            "layer: got 'bronze'; allowed: silver",
        ),
        (
            {"inputs": [{"id": "a/b", "layer": "gold", "table": "t"}]},
            "table: got 't'; allowed: database.table",
        ),
        ({"partition": []}, "refresh.column: got 'day'"),
        ({"partition": [{"source": "day", "transform": "bucket[4]"}]}, "refresh.column: got 'day'"),
        ({"partition": [{"source": "dya", "transform": "day"}]}, "source: got 'dya'; allowed: day"),
        (
            {"partition": [{"source": "day", "transform": "week"}]},
            "transform: got 'week'; allowed: an Iceberg",
        ),
        ({"volatile": "no"}, "volatile: got 'no'; allowed: true or false"),
        ({"schedule": "daily"}, "only keys that this job knows"),
    ],
)
def test_faulty_product_is_refused_when(change: dict[str, Any], message: str) -> None:
    document = copy.deepcopy(GOOD)
    document["products"][0].update(change)
    with pytest.raises(ManifestError) as refusal:
        manifest.decode(json.dumps(document).encode(), "m")
    assert message in str(refusal.value)
