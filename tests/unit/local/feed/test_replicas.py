"""Files of changes made from a contract: in the layout of AWS DMS, and telling all that happened."""

import io
import re

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakehouse.layout import cdc
from local.feed.replicas import replica_files
from tests.fixtures.environments import TRIAL
from tests.unit.local.feed.replayed import expected, read, replayed
from tools.records.tables import generated_table

[ACCOUNTS] = [dataset for dataset in TRIAL.lake.datasets if cdc.is_replica(dataset)]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return replica_files(ACCOUNTS, None)


def test_files_tell_all_that_happened_to_the_table(files: dict[str, bytes]) -> None:
    table, _ = generated_table(ACCOUNTS)
    assert replayed(ACCOUNTS, files) == expected(ACCOUNTS, table)
    assert len({change.operation for change in table.log}) == 3


def test_layout_is_that_of_dms(files: dict[str, bytes]) -> None:
    loads = [key for key in files if "LOAD" in key]
    assert loads
    assert all(re.fullmatch(r"ledger/accounts/LOAD0000000\d\.parquet", key) for key in loads)
    others = files.keys() - set(loads)
    assert all(re.fullmatch(r"ledger/accounts/\d{8}-\d{9}\.parquet", key) for key in others)
    for where, body in files.items():
        schema = pq.read_schema(io.BytesIO(body))
        assert schema.names[0] == "Op"
        assert schema.field(cdc.CHANGED_AT).type == pa.string()
        for record in pq.read_table(io.BytesIO(body)).to_pylist():
            assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}", record[cdc.CHANGED_AT])
            assert re.fullmatch(r"" if where in loads else r"\d{35}", record[cdc.SEQUENCE])


def test_a_delete_brings_its_key_alone(files: dict[str, bytes]) -> None:
    deletes = [row for rows in read(files).values() for row in rows if row["Op"] == "D"]
    assert deletes
    named = {"Op", *ACCOUNTS.key, cdc.CHANGED_AT, cdc.SEQUENCE}
    assert all({name for name, value in row.items() if value is not None} == named for row in deletes)
