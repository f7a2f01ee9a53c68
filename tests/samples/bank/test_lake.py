"""The bank's tables in silver equal those of its core system, after the first run and after a reload."""

import hashlib
import hmac
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lakehouse.model.dataset import Dataset, Layer
from lakehouse.model.masking import HASH, REDACT
from local.feed.replicas import files_of
from local.lake.tables import read_table
from local.samples.bank import BankHistory
from tests.fixtures.proven_lake import ProvenLake
from tools.records.source_table import Row, SourceTable

pytestmark = pytest.mark.lake


def _masked(row: Row, dataset: Dataset, key: bytes) -> dict[str, Any]:
    """A row of the core system as silver may hold it."""
    found = dict(row)
    for field in dataset.fields:
        if field.masking == REDACT:
            found[field.name] = None
        elif field.masking == HASH:
            found[field.name] = hmac.new(key, found[field.name].encode(), hashlib.sha256).hexdigest()
    return found


def assert_equal_to_the_source(lake: Any, tables: dict[str, SourceTable]) -> None:
    """Compare both tables cell by cell, as a reader that shares no code with the job sees them."""
    datasets = {dataset.name: dataset for dataset in lake.sources if dataset.domain == "bank"}
    assert datasets.keys() == tables.keys()
    secret = lake.aws.client("secretsmanager").get_secret_value(SecretId=lake.naming.masking_secret)
    masking_key = secret["SecretString"].encode()
    for name, table in tables.items():
        dataset = datasets[name]
        columns = [field.name for field in dataset.fields]
        stored = read_table(lake.aws, lake.naming.database(Layer.SILVER, "bank"), name)
        found = {table.key_of(row): row for row in stored.select(columns).to_pylist()}
        assert stored.num_rows == len(found)
        assert found == {key: _masked(row, dataset, masking_key) for key, row in table.rows.items()}, name


def test_silver_equals_the_source_tables_when_files_came_in_any_order(proven: ProvenLake) -> None:
    history = BankHistory()
    assert_equal_to_the_source(proven.lake, history.tables)
    kinds = {change.operation for table in history.tables.values() for change in table.log}
    assert kinds == {"I", "U", "D"}
    for counts in proven.summary.datasets:
        if counts.name.startswith("bank/"):
            assert counts.superseded > 0  # the file that came twice, and changes of changes
            assert counts.rejected == 0


def test_gold_adds_up_the_accounts_that_the_source_has(proven: ProvenLake) -> None:
    rows = read_table(proven.lake.aws, proven.lake.naming.database(Layer.GOLD, "bank"), "balances_by_branch")
    expected: dict[tuple[str, str], Decimal] = {}
    for row in BankHistory().accounts.rows.values():
        if row["status"] != "closed":
            place = row["branch"], row["currency"]
            expected[place] = expected.get(place, Decimal(0)) + row["balance"]
    found = {(row["branch"], row["currency"]): row for row in rows.to_pylist()}
    assert {key: row["balance"] for key, row in found.items()} == expected
    assert all(row["booked"] == row["balance"] for row in found.values())


def test_silver_equals_the_source_tables_again_when_changes_were_lost_and_a_reload_follows(
    proven: ProvenLake,
) -> None:
    history = BankHistory()
    known = {name: len(table.log) for name, table in history.tables.items()}
    history.go_on()
    lost = {name: len(table.log) for name, table in history.tables.items()}
    history.go_on()
    for table in history.tables.values():
        table.commit(timedelta(minutes=1))
    loads = {name: table.full_load() for name, table in history.tables.items()}
    history.go_on()
    files: dict[str, bytes] = {}
    for dataset in proven.lake.sources:
        if dataset.domain == "bank":
            name = dataset.name
            assert lost[name] > known[name]
            files |= files_of(dataset, loads[name], history.tables[name].log[lost[name] :])
    proven.lake.drop(files)
    proven.lake.run_pipelines(["bank"])
    assert_equal_to_the_source(proven.lake, history.tables)
