"""After one run every record is accounted for, and an independent reader finds the right rows."""

import gzip
import json
import re
from collections import Counter
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakehouse.model.dataset import Layer
from local.lake.tables import open_table, read_table
from local.samples import cafe, sales
from tests.fixtures.proven_lake import ProvenLake
from tests.local.patches.athena.asking import Asker
from tests.local.patches.athena.attacks import READS, STATEMENTS

pytestmark = pytest.mark.lake
FLIGHTS = 336_776
REPORTED = {
    "datasets", "gold", "quality", "queries", "freshness_alarms", "recorded_only", "iam_enforced", "tls",
    "seconds",
}  # fmt: skip


def _table(proven: ProvenLake, layer: Layer, domain: str, name: str) -> pa.Table:
    return read_table(proven.lake.aws, proven.lake.naming.database(layer, domain), name)


def test_every_record_is_accounted_for(proven: ProvenLake) -> None:
    assert {counts.name for counts in proven.summary.datasets} == {d.id for d in proven.lake.sources}
    for counts in proven.summary.datasets:
        assert counts.records_in > 0, counts
        assert counts.records_in == counts.accepted + counts.rejected + counts.superseded, counts
        assert sum(counts.reasons.values()) == counts.rejected, counts
        assert counts.silver_rows <= counts.accepted, counts


def test_every_flight_arrives_once(proven: ProvenLake) -> None:
    table = _table(proven, Layer.SILVER, "flights", "flights")
    [dataset] = [d for d in proven.lake.sources if d.id == "flights/flights"]
    assert table.num_rows == FLIGHTS
    assert table.group_by(list(dataset.key)).aggregate([]).num_rows == FLIGHTS
    [counts] = [c for c in proven.summary.datasets if c.name == "flights/flights"]
    assert (counts.records_in, counts.accepted) == (FLIGHTS, FLIGHTS)


def test_newest_version_of_each_order_wins(proven: ProvenLake) -> None:
    rows = _table(proven, Layer.SILVER, "sales", "orders").to_pylist()
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


def test_clicks_are_kept_once(proven: ProvenLake) -> None:
    rows = _table(proven, Layer.SILVER, "cafe", "menu_clicks").to_pylist()
    expected = cafe.expected_menu_clicks(cafe.menu_clicks())
    assert {row["event_id"]: row["occurred_at"] for row in rows} == {
        key: row["occurred_at"] for key, row in expected.rows.items()
    }
    [counts] = [c for c in proven.summary.datasets if c.name == "cafe/menu_clicks"]
    assert counts.reasons == expected.rejected
    assert counts.superseded == expected.superseded > 0


def test_quarantine_keeps_raw_text_and_place(proven: ProvenLake) -> None:
    s3, naming = proven.lake.aws.client("s3"), proven.lake.naming
    rejected = _table(proven, Layer.QUARANTINE, "sales", "orders").to_pylist()
    assert rejected
    for row in rejected:
        bucket, key = row["source_object"].removeprefix("s3://").split("/", 1)
        assert bucket == naming.bucket("bronze")
        body = gzip.decompress(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        assert body.split(b"\n")[row["position"] - 1].decode(errors="replace") == row["raw"]
        assert row["detail"]


def test_no_clear_email_is_stored_in_silver_or_gold(proven: ProvenLake) -> None:
    address = re.compile(rb"[\w.+-]+@[\w-]+\.\w+")
    s3 = proven.lake.aws.client("s3")
    seen: Counter[str] = Counter()
    for layer in (Layer.SILVER, Layer.GOLD):
        bucket = proven.lake.naming.bucket(layer)
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for entry in page.get("Contents", []):
                body = s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
                if entry["Key"].endswith(".parquet"):
                    body += json.dumps(pq.read_table(pa.BufferReader(body)).to_pylist(), default=str).encode()
                clear = [match for match in address.findall(body) if b"@example" in match]
                assert not clear, entry["Key"]
                seen[entry["Key"].rsplit(".", 1)[-1]] += 1
    assert seen["parquet"]
    assert seen["avro"]
    hashes = _table(proven, Layer.SILVER, "sales", "orders")["customer_email"].to_pylist()
    present = [value for value in hashes if value is not None]
    assert present
    assert all(re.fullmatch(r"[0-9a-f]{64}", value) for value in present)


def test_gold_equals_a_computation_outside_of_spark(proven: ProvenLake) -> None:
    revenue: Counter[tuple[date, str]] = Counter()
    for order in sales.expected_orders(sales.orders()).rows.values():
        if order["status"] != "cancelled":
            revenue[order["ordered_at"].date(), order["currency"]] += order["amount"]
    rows = _table(proven, Layer.GOLD, "sales", "daily_sales").to_pylist()
    assert {(row["order_date"], row["currency"]): row["revenue"] for row in rows} == revenue


def test_athena_answers_as_the_analyst(proven: ProvenLake) -> None:
    frame = proven.lake.query("SELECT sum(flights) AS flights FROM carrier_delays", domain="flights")
    assert int(frame["flights"][0]) == FLIGHTS
    assert all(answer.rows for answer in proven.summary.queries)


def test_athena_keeps_the_analyst_in_the_catalog(proven: ProvenLake) -> None:
    naming = proven.lake.naming
    athena = proven.lake.session_as("analyst").client("athena")
    analyst = Asker(athena, naming.resource("analyst"), naming.database(Layer.GOLD, "sales"))
    bronze = naming.database(Layer.BRONZE, "sales")
    assert analyst.rows("SHOW TABLES LIKE 'daily_sales'") == [["daily_sales"]]
    for sql in (
        READS["file by function"],
        READS["environment of a process"],
        STATEMENTS["copy to a file"],
        STATEMENTS["attach"],
        f"SELECT * FROM {bronze}.orders",  # noqa: S608 - a name of the lake
        "DROP TABLE daily_sales",
        f"CREATE EXTERNAL TABLE mine (a string) LOCATION 's3://{naming.bucket(Layer.BRONZE)}/sales/orders/'",
    ):
        assert analyst.refusal(sql), sql


def test_report_holds_what_it_promises(proven: ProvenLake) -> None:
    report = json.loads(json.dumps(proven.summary.as_json()))
    assert set(report) >= REPORTED
    assert report["iam_enforced"] is True
    assert report["tls"] is True
    assert report["recorded_only"]["AWS::CloudTrail::Trail"] == 1
    assert {product["name"] for product in report["gold"]} == {p.id for p in proven.lake.products}
    assert all(product["rows"] for product in report["gold"])


def test_quality_of_every_dataset_is_reported(proven: ProvenLake) -> None:
    quality = {rules.name: rules for rules in proven.summary.quality}
    assert set(quality) == {dataset.id for dataset in proven.lake.lake.datasets}
    assert not [rule for rules in quality.values() for rule in rules.broken if rule.severity == "error"]
    assert all(rules.passed for rules in quality.values())
    assert quality["sales/orders"].quarantined > 5


def test_freshness_is_watched_where_contracts_promise_it(proven: ProvenLake) -> None:
    # An alarm spans seven days at most.
    promised = [d for d in proven.lake.lake.datasets if d.service.freshness_hours]
    assert proven.summary.freshness_alarms == len(promised) > 0


def test_second_run_without_new_data_changes_nothing(proven: ProvenLake) -> None:
    lake = proven.lake
    before = _snapshots(proven)
    lake.run_pipelines(["sales"])
    assert _snapshots(proven) == before


def _snapshots(proven: ProvenLake) -> dict[str, int | None]:
    naming = proven.lake.naming
    return {
        layer: open_table(
            proven.lake.aws, naming.database(layer, "sales"), "orders"
        ).metadata.current_snapshot_id
        for layer in (Layer.SILVER, Layer.QUARANTINE)
    }
