"""Orders in the whole lake, after its first run."""

import gzip
import re
from collections import Counter
from datetime import date

import pytest

from lakehouse.model.dataset import Layer
from local.samples import sales
from tests.fixtures.proven_lake import ProvenLake
from tests.local.lake.reading import rows_of

pytestmark = pytest.mark.lake


def test_newest_version_of_each_order_wins(proven: ProvenLake) -> None:
    rows = rows_of(proven, Layer.SILVER, "sales", "orders").to_pylist()
    expected = sales.expected_orders(sales.orders())
    columns = sorted({"status", "updated_at", "ordered_at", "amount", "item_count", "currency"})
    assert {row["order_id"]: [row[column] for column in columns] for row in rows} == {
        key: [row[column] for column in columns] for key, row in expected.rows.items()
    }
    [counts] = [c for c in proven.summary.datasets if c.name == "sales/orders"]
    assert (counts.records_in, counts.accepted) == (expected.records_in, expected.accepted)
    assert counts.superseded == expected.superseded > 0
    assert counts.reasons == expected.rejected
    assert counts.rejected == sum(expected.rejected.values()) > 0


def test_quarantine_keeps_raw_text_and_place(proven: ProvenLake) -> None:
    s3, naming = proven.lake.aws.client("s3"), proven.lake.naming
    rejected = rows_of(proven, Layer.QUARANTINE, "sales", "orders").to_pylist()
    assert rejected
    for row in rejected:
        bucket, key = row["source_object"].removeprefix("s3://").split("/", 1)
        assert bucket == naming.bucket("bronze")
        body = gzip.decompress(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        assert body.split(b"\n")[row["position"] - 1].decode(errors="replace") == row["raw"]
        assert row["detail"]


def test_gold_equals_a_computation_outside_of_spark(proven: ProvenLake) -> None:
    revenue: Counter[tuple[date, str]] = Counter()
    for order in sales.expected_orders(sales.orders()).rows.values():
        if order["status"] != "cancelled":
            revenue[order["ordered_at"].date(), order["currency"]] += order["amount"]
    rows = rows_of(proven, Layer.GOLD, "sales", "daily_sales").to_pylist()
    assert {(row["order_date"], row["currency"]): row["revenue"] for row in rows} == revenue


def test_addresses_are_hashed(proven: ProvenLake) -> None:
    hashes = rows_of(proven, Layer.SILVER, "sales", "orders")["customer_email"].to_pylist()
    present = [value for value in hashes if value is not None]
    assert present
    assert all(re.fullmatch(r"[0-9a-f]{64}", value) for value in present)


def test_rejected_orders_are_counted_as_quarantined(proven: ProvenLake) -> None:
    [orders] = [rules for rules in proven.summary.quality if rules.name == "sales/orders"]
    assert orders.quarantined > 5
