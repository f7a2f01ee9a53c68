"""A run without Spark on Glue's catalogue and S3, as a function has them."""

import json
from itertools import count
from typing import Any

import pytest
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job.aws import S3Storage
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.native import catalog as native
from lakehouse_etl.native import files
from lakehouse_etl.native.run import NativeRun
from lakehouse_etl.native.table import Table
from lakehouse_etl.records.counts import Counts
from lakehouse_etl.tables import columns
from lakehouse_etl.tables.history import MovedError
from pyiceberg.catalog import Catalog

from local.emulator.launcher import EmbeddedAws
from tests.unit.glue_scripts.datasets import decoded, document
from tests.unit.glue_scripts.native.bench import schema_of, spec_of

BUCKET = "native-run"
FIELDS = {"id": "string", "version": "long", "at": "timestamptz"}
AT = "2026-01-01T00:00:00Z"
TOLD = {"comment": "told"}
_number = count(1)


@pytest.fixture
def catalog(embedded_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    for name, value in embedded_aws.environment().items():
        monkeypatch.setenv(name, value)
    return native.open_catalog()


@pytest.fixture(scope="module")
def bucket(embedded_aws: EmbeddedAws) -> str:
    embedded_aws.client("s3").create_bucket(Bucket=BUCKET)
    return BUCKET


@pytest.fixture
def dataset(catalog: Catalog, bucket: str) -> Dataset:
    name = f"t{next(_number)}"
    given = document(FIELDS, name=name, rules={"id": {"required": True}}, order_by=["version"])
    text = json.dumps(given).replace("file:/nowhere/", "/nowhere/").replace("/nowhere/", f"s3://{bucket}/")
    dataset = decoded(json.loads(text))
    silver, rejected = schema_of(dataset.columns), schema_of(columns.QUARANTINE)
    made = {
        dataset.silver_table: (silver, spec_of(silver, {"at": "day"})),
        dataset.quarantine_table: (rejected, spec_of(rejected, {"ingest_date": "identity"})),
        dataset.results_table: (schema_of(columns.RESULTS), spec_of(silver, {})),
    }
    for table, (schema, spec) in made.items():
        catalog.create_namespace_if_not_exists(table.partition(".")[0])
        catalog.create_table(table, schema, f"s3://{bucket}/_tables/{table}", spec, properties=TOLD)
    return dataset


def _put(aws: EmbeddedAws, dataset: Dataset, hour: int, *records: dict[str, Any]) -> None:
    key = f"{dataset.name}/ingest_date=2026-01-01/ingest_hour={hour:02}/o.json"
    body = "".join(json.dumps(record) + "\n" for record in records)
    aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body.encode())


def test_run_reads_and_commits_where_glue_and_s3_are(
    catalog: Catalog, dataset: Dataset, embedded_aws: EmbeddedAws
) -> None:
    first, second = ({"id": key, "version": 1, "at": AT} for key in "ab")

    def run(number: int) -> Counts:
        return NativeRun(catalog, S3Storage(), dataset, f"run-{number}").run(lambda: Keys(b"")).counts

    _put(embedded_aws, dataset, 0, first, second, {"version": 1})
    assert run(1) == Counts(3, 2, 1, 0)
    _put(embedded_aws, dataset, 1, {**first, "version": 2}, {**second, "version": 0})
    assert run(2) == Counts(2, 1, 0, 1)
    assert run(3) == Counts()
    silver = Table(catalog, dataset.silver_table)
    rows = files.read(silver.iceberg, silver.tasks(), ["id", "version"]).to_pylist()
    assert sorted(map(str, rows)) == ["{'id': 'a', 'version': 2}", "{'id': 'b', 'version': 1}"]
    assert silver.properties()["lake.gate"] == f"{silver.head()} open"
    assert silver.properties()["comment"] == "told"


def test_commit_is_refused_when_somebody_was_faster_on_glue(catalog: Catalog, dataset: Dataset) -> None:
    table, other = (Table(catalog, dataset.silver_table) for _ in range(2))
    base = table.head()
    other.commit(other.head(), {})
    with pytest.raises(MovedError):
        table.commit(base, {})
    other.set_properties({"x": "1"})
    table.set_properties({"y": "2"})
    assert {"x", "y"} <= table.properties().keys()
