"""Before older versions of a table are forgotten, it tells of live files alone, and what it was made of."""

from pathlib import Path

import pyarrow as pa
import pytest
from pyiceberg.manifest import ManifestEntryStatus
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Operation
from pyiceberg.types import LongType, NestedField, StringType

from tools.bench.native.file_catalog import FileCatalog
from tools.ops.erasure.tables import with_live_manifests

NAME = ("shop", "orders")
SCHEMA = Schema(NestedField(1, "id", LongType()), NestedField(2, "customer", StringType()))
ARROW = pa.schema([("id", pa.int64()), ("customer", pa.string())])
STATE = {"lake.state": "s3://silver/state.json", "lake.run-id": "r"}


@pytest.fixture
def catalog(tmp_path: Path) -> FileCatalog:
    """A catalogue with a table from which a row of one file, and another file, have been deleted."""
    catalog = FileCatalog(tmp_path)
    catalog.make_table(".".join(NAME), SCHEMA)
    for first in (0, 2):
        rows = {"id": [first, first + 1], "customer": [f"zq{first}", f"zq{first + 1}"]}
        catalog.load_table(NAME).append(pa.table(rows, ARROW), snapshot_properties=STATE)
    catalog.load_table(NAME).delete("id >= 1")
    return catalog


def entries(table: Table) -> list[tuple[ManifestEntryStatus, str]]:
    """What manifests of the current version tell: state and lowest customer of each file."""
    snapshot = table.current_snapshot()
    assert snapshot is not None
    return [
        (entry.status, entry.data_file.lower_bounds[2].decode())
        for manifest in snapshot.manifests(table.io)
        for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=False)
    ]


def test_manifests_no_longer_tell_of_removed_files_and_rows_stay(catalog: FileCatalog) -> None:
    before = catalog.load_table(NAME)
    assert ManifestEntryStatus.DELETED in {status for status, _ in entries(before)}
    after = with_live_manifests(catalog, before)
    assert {bound for _, bound in entries(after)} == {"zq0"}
    assert ManifestEntryStatus.DELETED not in {status for status, _ in entries(after)}
    assert after.scan().to_arrow().to_pylist() == [{"id": 0, "customer": "zq0"}]


def test_commit_tells_what_the_newest_one_of_ours_did(catalog: FileCatalog) -> None:
    after = with_live_manifests(catalog, catalog.load_table(NAME)).current_snapshot()
    assert after is not None
    assert after.summary is not None
    told = after.summary.additional_properties
    assert {name: told[name] for name in STATE} == STATE
    assert told["total-records"] == "1"
    assert after.summary.operation is Operation.REPLACE  # a verdict on silver outlives it


def test_commit_of_a_product_counts_as_what_it_was(catalog: FileCatalog) -> None:
    note = {"lake.definition": "d", "lake.input.shop/orders": "1"}
    catalog.load_table(NAME).overwrite(
        pa.table({"id": [9], "customer": ["a"]}, ARROW), snapshot_properties=note
    )
    after = with_live_manifests(catalog, catalog.load_table(NAME)).current_snapshot()
    assert after is not None
    assert after.summary is not None
    assert after.summary.operation is not Operation.REPLACE
    assert after.summary.additional_properties["lake.definition"] == "d"


def test_note_of_the_state_goes_on_where_no_commit_tells_it(tmp_path: Path) -> None:
    catalog = FileCatalog(tmp_path)
    table = catalog.make_table(".".join(NAME), SCHEMA)
    table.append(pa.table({"id": [1], "customer": ["a"]}, ARROW))
    first = table.refresh().current_snapshot()
    assert first is not None
    with table.transaction() as change:
        change.set_properties({"lake.state-anchor": f"{first.snapshot_id} s3://silver/state.json"})
    table.refresh().append(pa.table({"id": [2], "customer": ["b"]}, ARROW))
    after = with_live_manifests(catalog, catalog.load_table(NAME)).current_snapshot()
    assert after is not None
    assert after.summary is not None
    assert after.summary.additional_properties["lake.state"] == "s3://silver/state.json"


def test_version_that_tells_all_of_itself_stays(catalog: FileCatalog) -> None:
    table = with_live_manifests(catalog, catalog.load_table(NAME))
    assert with_live_manifests(catalog, table).metadata == table.metadata
    emptied = catalog.load_table(NAME)
    emptied.delete("id >= 0")
    after = with_live_manifests(catalog, catalog.load_table(NAME))
    assert entries(after) == []
    assert after.scan().to_arrow().num_rows == 0
