"""Contracts that nobody thought of, dropped into a project: each is fed, run and shown like any other."""

import gzip
import hmac
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from rich.console import Console

from lakehouse.model.dataset import Dataset, Layer
from local.demo.command import prove
from local.demo.show import Stages
from local.demo.show import summary as show_summary
from local.demo.summary import Summary
from local.emulator.launcher import EmbeddedAws
from local.feed.generated import GeneratedData, generate
from local.lake.lake import LocalLake
from local.lake.tables import open_table, read_table
from tests.local.lake.project_copy import copy_project

pytestmark = pytest.mark.lake

CONTRACTS = Path(__file__).with_name("contracts")
MUSEUM = ("museum/artworks", "museum/loans", "museum/ticket_sales")
SYSTEM = {"_source_object": "optional string", "_record_hash": "optional long"}

COLUMNS = {
    "museum/ticket_sales": {
        "ticket_no": "required long",
        "barcode": "required string",
        "price": "required decimal(21, 4)",
        "buyer_email": "optional string",
        "buyer_name": "optional string",
        "visit_day": "required date",
        "changed_at": "required timestamptz",
        **SYSTEM,
    },
    "museum/loans": {
        "loan_no": "required int",
        "lender": "required string",
        "state": "required string",
        "insured_for": "optional double",
        "fragile": "optional boolean",
        "due": "optional date",
        "note": "optional string",
        **SYSTEM,
    },
    "museum/artworks": {
        "accession_no": "required string",
        "catalogued_at": "required timestamp",
        "thumbnail": "optional binary",
        "keywords": "optional list<string>",
        "provenance": "optional map<string, list<struct<owner: required string, since: optional date, "
        "paid: optional decimal(20, 2), seen_at: optional timestamp>>>",
        "size": "optional struct<height: required float, "
        "frame: optional struct<gilded: optional boolean, checked_at: optional timestamptz>>",
        **SYSTEM,
        "_rescued": "optional string",
    },
}
PARTITIONS = {
    "museum/ticket_sales": ["visit_day_day: day", "ticket_no_bucket: bucket[4]"],
    "museum/loans": [],
    "museum/artworks": ["catalogued_at_year: year"],
}
TABLE_RULES = {
    "museum/ticket_sales": {"enough_tickets", "unique(barcode)", "most_buyers_known"},
    "museum/loans": {"none_insured_for_nothing"},
    "museum/artworks": set(),
}


@dataclass(frozen=True)
class Dropped:
    """A lake of four contracts, after its first run."""

    lake: LocalLake
    summary: Summary
    data: Mapping[str, GeneratedData]
    """What every dataset was fed."""

    def dataset(self, name: str) -> Dataset:
        """One dataset, by its id."""
        return self.data[name].dataset

    def table(self, layer: Layer, name: str) -> pa.Table:
        """A table as PyIceberg reads it."""
        domain, _, table = name.partition("/")
        return read_table(self.lake.aws, self.lake.naming.database(layer, domain), table)

    def results(self, name: str) -> dict[str, dict[str, Any]]:
        """Rows of the results table about a dataset, by rule."""
        table = self.table(Layer.SILVER, f"{name.partition('/')[0]}/quality_results")
        return {row["rule"]: row for row in table.to_pylist() if row["dataset"] == name}


@pytest.fixture(scope="module")
def dropped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dropped]:
    folder = tmp_path_factory.mktemp("dropped")
    root = copy_project(folder / "project", CONTRACTS)
    with EmbeddedAws(folder / "lake", port=0) as aws:
        lake = LocalLake(aws, root)
        summary = prove(lake, Stages(Console(quiet=True)))
        yield Dropped(lake, summary, {dataset.id: generate(dataset) for dataset in lake.sources})


@pytest.fixture(params=MUSEUM)
def name(request: pytest.FixtureRequest) -> str:
    """Each of the datasets whose pipeline succeeds."""
    return str(request.param)


def test_bronze_holds_the_records_as_they_were_sent(dropped: Dropped, name: str) -> None:
    s3, bucket = dropped.lake.aws.client("s3"), dropped.lake.naming.bucket("bronze")
    bodies = []
    for key in dropped.lake.bronze_keys(dropped.dataset(name)):
        body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        bodies.append(gzip.decompress(body) if key.endswith(".gz") else body)
    lines = Counter(line for body in bodies for line in body.splitlines())
    assert lines == Counter(line for file in dropped.data[name].files for line in file.splitlines())


def test_bronze_table_describes_the_objects(dropped: Dropped, name: str) -> None:
    domain, _, table = name.partition("/")
    database = dropped.lake.naming.database(Layer.BRONZE, domain)
    found = dropped.lake.aws.client("glue").get_table(DatabaseName=database, Name=table)["Table"]
    storage = found["StorageDescriptor"]
    csv = name == "museum/loans"
    columns = ["line"] if csv else [column for column in COLUMNS[name] if not column.startswith("_")]
    assert [(column["Name"], column["Type"]) for column in storage["Columns"]] == [
        (column, "string") for column in columns
    ]
    assert storage["Location"] == f"s3://{dropped.lake.naming.bucket('bronze')}/{name}/"
    assert storage["SerdeInfo"]["SerializationLibrary"].endswith("RegexSerDe" if csv else "JsonSerDe")


def test_silver_has_the_types_and_partitions_of_the_contract(dropped: Dropped, name: str) -> None:
    domain, _, table = name.partition("/")
    opened = open_table(dropped.lake.aws, dropped.lake.naming.database(Layer.SILVER, domain), table)
    schema = opened.schema()
    assert {
        field.name: re.sub(r"\d+: ", "", f"{'required' if field.required else 'optional'} {field.field_type}")
        for field in schema.fields
    } == COLUMNS[name]
    assert sorted(schema.identifier_field_names()) == sorted(dropped.dataset(name).key)
    assert [f"{field.name}: {field.transform}" for field in opened.spec().fields] == PARTITIONS[name]


def test_silver_holds_every_cell_as_it_was_made(dropped: Dropped, name: str) -> None:
    expected, key = dropped.data[name].expected, dropped.dataset(name).key
    rows = dropped.table(Layer.SILVER, name).to_pylist(maps_as_pydicts="strict")
    found: dict[Any, Any] = {tuple(row[column] for column in key): _readable(row) for row in rows}
    wanted: dict[Any, Any] = {id_: _masked(dropped, name, row) for id_, row in expected.rows.items()}
    assert len(found) == len(rows)
    assert found == wanted


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in row.items() if name not in SYSTEM}
    if shown.get("_rescued") is not None:
        shown["_rescued"] = json.loads(shown["_rescued"])
    return shown


def _masked(dropped: Dropped, name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with what a reader of silver may see of the buyer."""
    shown = dict(row)
    if name == "museum/ticket_sales":
        secrets = dropped.lake.aws.client("secretsmanager")
        key = secrets.get_secret_value(SecretId=dropped.lake.naming.masking_secret)["SecretString"]
        email = shown["buyer_email"]
        shown["buyer_email"] = email and hmac.digest(key.encode(), email.encode(), "sha256").hex()
        shown["buyer_name"] = None
    return shown


def test_buyers_exist_before_they_are_masked(dropped: Dropped) -> None:
    rows = dropped.data["museum/ticket_sales"].expected.rows.values()
    assert sum(row["buyer_email"] is not None for row in rows) > 100
    assert sum(row["buyer_name"] is not None for row in rows) > 100


def test_rejected_records_are_kept_with_their_reasons(dropped: Dropped, name: str) -> None:
    rows = dropped.table(Layer.QUARANTINE, name).to_pylist()
    made = Counter(
        (sample.reason, sample.record.decode()) for sample in dropped.data[name].samples if sample.reason
    )
    assert Counter((row["reason"], row["raw"]) for row in rows) == made
    assert {"missing_required", "wrong_type", "bad_length", "out_of_range"} <= {row["reason"] for row in rows}
    assert ("unknown_field" in {row["reason"] for row in rows}) is (name == "museum/loans")


def test_every_record_is_accounted_for(dropped: Dropped) -> None:
    assert {counts.name for counts in dropped.summary.datasets} == {*MUSEUM, "garden/harvests"}
    for counts in dropped.summary.datasets:
        expected = dropped.data[counts.name].expected
        assert counts.generated
        assert counts.records_in == expected.records_in
        assert (counts.accepted, counts.superseded) == (expected.accepted, expected.superseded)
        assert counts.reasons == expected.rejected
        assert counts.silver_rows == len(expected.rows)


def test_rule_results_are_recorded(dropped: Dropped, name: str) -> None:
    expected, results = dropped.data[name].expected, dropped.results(name)
    by_scope = {
        scope: {rule for rule in results if results[rule]["scope"] == scope} for scope in ("table", "gate")
    }
    assert by_scope["table"] == TABLE_RULES[name]
    assert len(by_scope["gate"]) == 1
    for rule in by_scope["table"] - {"none_insured_for_nothing"} | by_scope["gate"]:
        assert results[rule]["outcome"] == "passed", results[rule]
    rejected = sum(row["value"] for row in results.values() if row["outcome"] == "quarantined")
    assert rejected == sum(expected.rejected.values())


def test_rule_results_hold_what_the_table_holds(dropped: Dropped) -> None:
    tickets = dropped.data["museum/ticket_sales"].expected.rows.values()
    nobody = 100 * sum(row["buyer_email"] is None for row in tickets) / len(tickets)
    results = dropped.results("museum/ticket_sales")
    assert results["enough_tickets"]["value"] == len(tickets)
    assert results["most_buyers_known"]["value"] == pytest.approx(nobody)
    [failed] = [rules for rules in dropped.summary.quality if rules.name == "museum/loans"]
    assert [(rule.name, rule.severity) for rule in failed.broken] == [("none_insured_for_nothing", "warning")]


def test_no_alarm_was_on_when_the_lake_had_just_been_deployed(dropped: Dropped) -> None:
    assert dropped.summary.red_when_new == []


def test_catalogue_has_a_page_for_each(dropped: Dropped, name: str) -> None:
    index = Path(dropped.summary.catalogue)
    title = dropped.dataset(name).documentation.title
    pages = [page for page in index.parent.rglob("*.html") if name.rpartition("/")[2] in page.stem]
    assert title in index.read_text()
    assert any(title in page.read_text() for page in pages), pages


def test_rule_that_no_data_could_promise_fails_its_own_domain_alone(dropped: Dropped) -> None:
    assert list(dropped.summary.failures) == ["garden"]
    assert not dropped.summary.succeeded
    assert "harvests" in dropped.summary.failures["garden"]
    assert "first_bed_bears_figs" in dropped.summary.failures["garden"]
    result = dropped.results("garden/harvests")["first_bed_bears_figs"]
    assert (result["outcome"], result["value"], result["threshold"]) == ("failed", 0, "> 0")


def test_demonstration_says_what_is_generated_and_what_failed(dropped: Dropped) -> None:
    shown = io.StringIO()
    show_summary(Console(file=shown, width=120), dropped.summary, dropped.lake.aws)
    text = shown.getvalue()
    assert "records generated from the contract: garden/harvests, museum/artworks" in text
    assert "failed: none_insured_for_nothing of museum/loans (warning)" in text
    assert "failed pipeline of garden" in text
    assert "first_bed_bears_figs" in text
    assert "`examples`" in text
    assert dropped.summary.catalogue.rpartition("/")[2] in text


def test_one_question_is_asked_and_rightly_answered_when_samples_bring_none(dropped: Dropped) -> None:
    [answer] = dropped.summary.queries
    assert answer.rows == answer.expected
    assert int(answer.rows[0][0]) > 0
    assert dropped.summary.unexpected == []


def test_report_can_be_written_as_json(dropped: Dropped) -> None:
    report = json.loads(json.dumps(dropped.summary.as_json()))
    assert {rules["name"] for rules in report["quality"]} == {*MUSEUM, "garden/harvests"}
    assert report["iam_enforced"] is True
    assert report["tls"] is True
