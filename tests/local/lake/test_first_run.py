"""After one run every record is accounted for, and who asks sees what he may."""

import json
import re
from collections import Counter

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakehouse.model.dataset import Dataset, Layer
from local.lake.tables import open_table
from tests.fixtures.proven_lake import ProvenLake
from tests.local.patches.athena.asking import Asker
from tests.local.patches.athena.attacks import READS, STATEMENTS

pytestmark = pytest.mark.lake
REPORTED = {
    "datasets", "gold", "quality", "queries", "red_when_new", "recorded_only", "iam_enforced", "tls",
    "seconds",
}  # fmt: skip


def test_every_record_is_accounted_for(proven: ProvenLake) -> None:
    assert {counts.name for counts in proven.summary.datasets} == {d.id for d in proven.lake.sources}
    for counts in proven.summary.datasets:
        assert counts.records_in > 0, counts
        assert counts.records_in == counts.accepted + counts.rejected + counts.superseded, counts
        assert sum(counts.reasons.values()) == counts.rejected, counts
        assert counts.silver_rows <= counts.accepted, counts


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


def test_athena_answers_as_the_analyst(proven: ProvenLake) -> None:
    assert all(answer.rows for answer in proven.summary.queries)


@pytest.fixture
def product(proven: ProvenLake) -> Dataset:
    """A product of the lake."""
    if not proven.lake.products:
        pytest.skip("no contract is one of a product")
    return proven.lake.products[0]


def test_athena_keeps_a_persona_in_the_catalog(proven: ProvenLake, product: Dataset) -> None:
    naming, persona = proven.lake.naming, proven.lake.reader(Layer.GOLD)
    athena = proven.lake.session_as(persona).client("athena")
    analyst = Asker(athena, naming.resource(persona), naming.database(Layer.GOLD, product.domain))
    source = proven.lake.sources[0]
    bronze = naming.database(Layer.BRONZE, source.domain)
    assert analyst.rows(f"SHOW TABLES LIKE '{product.name}'") == [[product.name]]
    for sql in (
        READS["file by function"],
        READS["environment of a process"],
        STATEMENTS["copy to a file"],
        STATEMENTS["attach"],
        f"SELECT * FROM {bronze}.{source.name}",  # noqa: S608 - a name of the lake
        f"DROP TABLE {product.name}",
        f"CREATE EXTERNAL TABLE mine (a string) LOCATION 's3://{naming.bucket(Layer.BRONZE)}/{source.id}/'",
    ):
        assert analyst.refusal(sql), sql


def test_report_holds_what_it_promises(proven: ProvenLake) -> None:
    report = json.loads(json.dumps(proven.summary.as_json()))
    assert set(report) >= REPORTED
    assert report["iam_enforced"] is True
    assert report["tls"] is True
    assert "AWS::CloudTrail::Trail" not in report["recorded_only"]
    assert {product["name"] for product in report["gold"]} == {p.id for p in proven.lake.products}
    assert all(product["rows"] for product in report["gold"])


def test_quality_of_every_dataset_is_reported(proven: ProvenLake) -> None:
    quality = {rules.name: rules for rules in proven.summary.quality}
    assert set(quality) == {dataset.id for dataset in proven.lake.lake.datasets}
    assert not [rule for rules in quality.values() for rule in rules.broken if rule.severity == "error"]
    assert all(rules.passed for rules in quality.values())


def test_no_alarm_was_on_when_the_lake_had_just_been_deployed(proven: ProvenLake) -> None:
    assert proven.summary.red_when_new == []


def test_alarms_of_the_lake_were_evaluated(proven: ProvenLake) -> None:
    proven.lake.aws.evaluate_alarms()
    pages = proven.lake.aws.client("cloudwatch").get_paginator("describe_alarms")
    found = [
        alarm
        for page in pages.paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        for alarm in (*page["MetricAlarms"], *page["CompositeAlarms"])
    ]
    quiet = [alarm["AlarmName"] for alarm in found if alarm["StateValue"] == "OK"]
    assert proven.lake.naming.resource("arrival-alarms") in quiet
    assert len(quiet) > len(proven.lake.lake.domains)


def test_second_run_without_new_data_changes_nothing(proven: ProvenLake) -> None:
    source = proven.lake.sources[0]
    before = _snapshots(proven, source)
    proven.lake.run_pipelines([source.domain])
    assert _snapshots(proven, source) == before


def _snapshots(proven: ProvenLake, source: Dataset) -> dict[str, int | None]:
    aws, naming = proven.lake.aws, proven.lake.naming
    tables = {
        layer: open_table(aws, naming.database(layer, source.domain), source.name)
        for layer in (Layer.SILVER, Layer.QUARANTINE)
    }
    return {layer: table.metadata.current_snapshot_id for layer, table in tables.items()}
