"""Sample files of changes: in the layout of AWS DMS, and telling all that happened to their table."""

import io
import re
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from config.load import PROJECT_ROOT
from lakehouse.layout import cdc
from lakehouse.model.dataset import Dataset
from lakehouse.odcs.lake.load import load_lake
from local.feed.replicas import replica_files
from local.feed.samples import Changes
from local.samples.bank import SAMPLES, BankHistory
from tools.records.source_table import SourceTable
from tools.records.tables import generated_table

REPLICAS = {dataset.name: dataset for dataset in load_lake(PROJECT_ROOT).datasets if cdc.is_replica(dataset)}
NAMES = ("accounts", "transactions")


def _files(name: str) -> dict[str, bytes]:
    made = SAMPLES.datasets[name]()
    assert isinstance(made, Changes)
    return replica_files(REPLICAS[name], made)


def _read(files: dict[str, bytes]) -> dict[str, list[dict[str, Any]]]:
    return {name: pq.read_table(io.BytesIO(body)).to_pylist() for name, body in files.items()}


def _replayed(dataset: Dataset, files: dict[str, bytes]) -> dict[Any, dict[str, Any]]:
    """Apply all records in the order that they tell, the way a database would."""
    rows: dict[Any, dict[str, Any]] = {}
    records = [record for content in _read(files).values() for record in content]
    for record in sorted(records, key=lambda each: (each[cdc.CHANGED_AT], each[cdc.SEQUENCE])):
        key = tuple(record[name] for name in dataset.key)
        if record[cdc.OPERATION] == "U":
            rows.pop(tuple(record[cdc.BEFORE + name] for name in dataset.key), None)
        if record[cdc.OPERATION] == "D":
            rows.pop(key, None)
        else:
            rows[key] = {field.name: record[field.name] for field in dataset.fields}
    return rows


def _expected(dataset: Dataset, table: SourceTable) -> dict[Any, dict[str, Any]]:
    names = [field.name for field in dataset.fields]
    return {key: {name: row.get(name) for name in names} for key, row in table.rows.items()}


@pytest.mark.parametrize("name", NAMES)
def test_files_tell_all_that_happened_to_the_table(name: str) -> None:
    files = _files(name)
    assert _replayed(REPLICAS[name], files) == _expected(REPLICAS[name], BankHistory().tables[name])


@pytest.mark.parametrize("name", NAMES)
def test_history_has_every_kind_of_change(name: str) -> None:
    changes = BankHistory().changes(name)
    key = REPLICAS[name].key
    assert {change.operation for change in changes} == {"I", "U", "D"}
    assert any(change.before[part] != change.row[part] for change in changes if change.before for part in key)


@pytest.mark.parametrize("name", NAMES)
def test_layout_is_that_of_dms(name: str) -> None:
    files = _files(name)
    loads = [key for key in files if "LOAD" in key]
    assert all(re.fullmatch(rf"bank/{name}/LOAD0000000\d\.parquet", key) for key in loads)
    assert all(
        re.fullmatch(rf"bank/{name}/\d{{8}}-\d{{9}}\.parquet", key) for key in files.keys() - set(loads)
    )
    for where, body in files.items():
        schema = pq.read_schema(io.BytesIO(body))
        assert schema.names[0] == "Op"
        assert schema.field(cdc.CHANGED_AT).type == pa.string()
        for record in pq.read_table(io.BytesIO(body)).to_pylist():
            assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}", record[cdc.CHANGED_AT])
            assert re.fullmatch(r"" if where in loads else r"\d{35}", record[cdc.SEQUENCE])


def test_a_delete_brings_its_key_alone() -> None:
    files = _files("accounts")
    [*deletes] = (row for rows in _read(files).values() for row in rows if row["Op"] == "D")
    assert deletes
    named = {"Op", "account_id", cdc.CHANGED_AT, cdc.SEQUENCE}
    assert all({name for name, value in row.items() if value is not None} == named for row in deletes)


def test_table_is_generated_when_the_contract_is_nobodys() -> None:
    dataset = replace(REPLICAS["accounts"], domain="other")
    files = replica_files(dataset, None)
    table, _ = generated_table(dataset)
    assert _replayed(dataset, files) == _expected(dataset, table)
    assert len({change.operation for change in table.log}) == 3
