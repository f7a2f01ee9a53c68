"""Tables without Spark: what is written is read, where it lies, and whose commit counts."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakehouse_etl.contract.types import LONG, STRING, Member
from lakehouse_etl.native import files
from lakehouse_etl.native.partitions import parted
from lakehouse_etl.native.rewriting import written
from lakehouse_etl.native.table import Table
from lakehouse_etl.tables.history import MovedError, TableError, is_empty
from pyiceberg import transforms as tf
from pyiceberg import types as t
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema

from tools.bench.native.file_catalog import FileCatalog

SCHEMA = Schema(
    t.NestedField(1, "id", t.StringType(), required=True),
    t.NestedField(2, "seen", t.TimestamptzType()),
    t.NestedField(3, "size", t.LongType()),
    t.NestedField(4, "_source_object", t.StringType()),
)
DAYS = PartitionSpec(PartitionField(2, 1000, tf.DayTransform(), "seen_day"))
ROWS = pa.table(
    {
        "id": ["a", "b", "c", "d"],
        "seen": pa.array(
            [datetime(2026, 1, 1, 23, tzinfo=UTC), datetime(1969, 12, 31, 1, tzinfo=UTC), None,
             datetime(2026, 1, 1, tzinfo=UTC)], pa.timestamp("us", "UTC"),
        ),
        "size": [1, 2, None, 4],
        "_source_object": ["x", "x", "y", "y"],
    }
)  # fmt: skip


@pytest.fixture
def catalog(tmp_path: Path) -> FileCatalog:
    return FileCatalog(tmp_path)


def _table(catalog: FileCatalog, **properties: str) -> Table:
    catalog.make_table("silver.t", SCHEMA, DAYS, **properties)
    return Table(catalog, "silver.t")


def _add(table: Table, rows: pa.Table = ROWS, base: int | None = None) -> None:
    table.commit(base, {"lake.run-id": "r"}, written(table.iceberg, rows))


def test_rows_lie_in_files_of_their_partitions_when_written(catalog: FileCatalog) -> None:
    table = _table(catalog)
    _add(table)
    assert sorted(files.read(table.iceberg, table.tasks()).to_pylist(), key=lambda row: row["id"]) == (
        ROWS.to_pylist()
    )
    found = {task.file.partition[0]: task.file.record_count for task in table.tasks()}
    assert found == {20454: 2, -1: 1, None: 1}
    paths = {task.file.file_path.split("/data/")[1].split("/")[0] for task in table.tasks()}
    assert paths == {"seen_day=2026-01-01", "seen_day=1969-12-31", "seen_day=null"}


def test_files_carry_field_ids_zstd_and_bounds(catalog: FileCatalog) -> None:
    table = _table(catalog)
    _add(table)
    file = next(task.file for task in table.tasks() if task.file.partition[0] == 20454)
    metadata = pq.read_metadata(file.file_path.removeprefix("file://"))
    assert {metadata.row_group(0).column(at).compression for at in range(4)} == {"ZSTD"}
    fields = metadata.schema.to_arrow_schema()
    assert [field.metadata[b"PARQUET:field_id"] for field in fields] == [b"1", b"2", b"3", b"4"]
    assert (file.lower_bounds[1], file.upper_bounds[1]) == (b"a", b"d")
    query = "SELECT id FROM read_parquet(?) ORDER BY id"
    assert duckdb.execute(query, [file.file_path]).fetchall() == [("a",), ("d",)]


def test_files_and_row_groups_keep_the_table_s_sizes(catalog: FileCatalog) -> None:
    limits = {"write.target-file-size-bytes": "1500", "write.parquet.row-group-limit": "100"}
    table = _table(catalog, **limits)
    seen = pa.array([datetime(2026, 1, 1, tzinfo=UTC)] * 1000, pa.timestamp("us", "UTC"))
    _add(table, pa.table({"id": [f"key {number}" for number in range(1000)], "seen": seen}))
    written = [task.file for task in table.tasks()]
    assert sum(file.record_count for file in written) == 1000
    assert len(written) > 2
    assert max(file.record_count for file in written) <= 500
    assert pq.read_metadata(written[0].file_path.removeprefix("file://")).row_group(0).num_rows == 100


def test_files_are_written_as_the_table_s_properties_say(catalog: FileCatalog) -> None:
    table = _table(
        catalog,
        **{
            "write.parquet.compression-codec": "gzip",
            "write.parquet.compression-level": "1",
            "write.parquet.page-row-limit": "1",
            "write.parquet.dict-size-bytes": "1",
            "write.parquet.bloom-filter-enabled.column.id": "true",
            "write.data.path": f"file://{catalog.folder}/elsewhere",
        },
    )
    _add(table)
    files_of = [task.file.file_path.removeprefix("file://") for task in table.tasks()]
    assert all(path.startswith(f"{catalog.folder}/elsewhere/") for path in files_of)
    column = pq.read_metadata(files_of[0]).row_group(0).column(0)
    assert column.compression == "GZIP"
    assert files.read(table.iceberg, table.tasks()).num_rows == 4


def test_only_columns_whose_values_come_again_have_a_dictionary(catalog: FileCatalog) -> None:
    table = _table(catalog)
    seen = pa.array([datetime(2026, 1, 1, tzinfo=UTC)] * 500, pa.timestamp("us", "UTC"))
    _add(table, pa.table({"id": [f"key {number}" for number in range(500)], "seen": seen}))
    [path] = [task.file.file_path.removeprefix("file://") for task in table.tasks()]
    group = pq.read_metadata(path).row_group(0)
    columns = [group.column(at) for at in range(group.num_columns)]
    found = {each.path_in_schema: each.has_dictionary_page for each in columns}
    assert (found["id"], found["seen"]) == (False, True)


def test_history_tells_of_commits_newest_first(catalog: FileCatalog) -> None:
    table = _table(catalog)
    assert table.head() is None
    assert is_empty(table.history())
    table.commit(None, {"lake.run-id": "nothing"})
    assert is_empty(table.history())
    _add(table, base=table.head())
    newest, oldest = table.history()
    assert (newest.operation, newest.parent_id, newest.summary["lake.run-id"]) == ("append", oldest.id, "r")
    assert newest.summary["total-records"] == "4"
    assert table.summaries("lake.run-id") == {"r", "nothing"}


def test_replaced_files_are_gone_and_rows_are_counted(catalog: FileCatalog) -> None:
    table = _table(catalog)
    _add(table)
    old = [task.file for task in table.tasks() if task.file.partition[0] == 20454]
    table.commit(table.head(), {}, written(table.iceberg, ROWS.slice(0, 1)), old)
    assert sorted(files.read(table.iceberg, table.tasks())["id"].to_pylist()) == ["a", "b", "c"]
    assert table.history()[0].operation == "overwrite"
    assert table.history()[0].summary["total-records"] == "3"


@pytest.mark.parametrize("first", [True, False])
def test_commit_is_refused_when_somebody_was_faster(catalog: FileCatalog, first: bool) -> None:
    table, other = _table(catalog), Table(catalog, "silver.t")
    if not first:
        _add(table)
    base = table.head()
    added = written(table.iceberg, ROWS)
    _add(other, base=other.head())
    with pytest.raises(MovedError):
        table.commit(base, {}, added)
    table.refresh()
    with pytest.raises(MovedError):
        table.commit(base, {}, added)
    assert len(table.history()) == (1 if first else 2)


def test_commit_counts_when_somebody_set_a_property_meanwhile(catalog: FileCatalog) -> None:
    table, other = _table(catalog), Table(catalog, "silver.t")
    _add(table)
    added = written(table.iceberg, ROWS)
    other.set_properties({"lake.gate": "it's \\ open"})
    table.commit(table.head(), {}, added)
    table.set_properties({"more": "1"})
    assert table.properties()["lake.gate"] == "it's \\ open"
    assert table.properties()["more"] == "1"
    assert len(table.history()) == 2


def test_appends_of_several_all_count(catalog: FileCatalog) -> None:
    table, other = _table(catalog), Table(catalog, "silver.t")
    added = written(table.iceberg, ROWS)
    other.append({}, written(other.iceberg, ROWS))
    table.append({}, added)
    table.refresh()
    assert len(table.history()) == 2
    assert files.read(table.iceberg, table.tasks()).num_rows == 8


def test_manifests_are_merged_when_commits_have_left_many(catalog: FileCatalog) -> None:
    table = _table(catalog, **{"commit.manifest.min-count-to-merge": "5"})
    for _ in range(12):
        _add(table, ROWS.slice(0, 1), base=table.head())
    snapshot = table.iceberg.current_snapshot()
    assert snapshot is not None
    manifests = snapshot.manifests(table.iceberg.io)
    assert len(manifests) < 5
    entries = [each for manifest in manifests for each in manifest.fetch_manifest_entry(table.iceberg.io)]
    assert sorted(entry.sequence_number or 0 for entry in entries) == list(range(1, 13))
    assert files.read(table.iceberg, table.tasks()).num_rows == 12


def test_table_is_refused_when_it_does_not_fit(catalog: FileCatalog) -> None:
    table = _table(catalog)
    table.check([Member("id", STRING, True), Member("size", LONG)])
    with pytest.raises(TableError, match=r"size: got long; expected string; more: got no column"):
        table.check([Member("id", STRING, True), Member("size", STRING), Member("more", LONG)])
    with pytest.raises(TableError, match="id: got a required column; expected an optional one"):
        table.check([Member("id", STRING)])
    with pytest.raises(TableError, match="not in the catalog; fix: deploy"):
        Table(catalog, "silver.none").check([])


KINDS: dict[str, tuple[t.IcebergType, pa.DataType, list[tf.Transform[Any, Any]], st.SearchStrategy[Any]]] = {
    "string": (t.StringType(), pa.string(), [tf.IdentityTransform(), tf.BucketTransform(7),
                                            tf.TruncateTransform(2)], st.text(max_size=5)),
    "long": (t.LongType(), pa.int64(), [tf.IdentityTransform(), tf.BucketTransform(5),
                                       tf.TruncateTransform(10)], st.integers(-100, 100)),
    "decimal": (t.DecimalType(9, 2), pa.decimal128(9, 2), [tf.BucketTransform(5), tf.TruncateTransform(50)],
                st.integers(-9999, 9999).map(lambda cents: Decimal(cents).scaleb(-2))),
    "date": (t.DateType(), pa.date32(), [tf.IdentityTransform(), tf.DayTransform(), tf.MonthTransform(),
                                        tf.YearTransform(), tf.BucketTransform(4)],
             st.dates(date(1960, 1, 1), date(2030, 1, 1))),
    "timestamptz": (t.TimestamptzType(), pa.timestamp("us", "UTC"),
                    [tf.DayTransform(), tf.MonthTransform(), tf.YearTransform(), tf.BucketTransform(4)],
                    st.datetimes(datetime(1960, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_rows_are_parted_as_the_specification_s_transforms_say(kind: str, data: st.DataObject) -> None:
    iceberg, arrow, ways, values = KINDS[kind]
    way = data.draw(st.sampled_from(ways))
    drawn = data.draw(st.lists(st.none() | values, min_size=1, max_size=20))
    schema = Schema(t.NestedField(1, "v", iceberg), t.NestedField(2, "n", t.LongType()))
    spec = PartitionSpec(PartitionField(1, 1000, way, "p"))
    rows = pa.table({"v": pa.array(drawn, arrow), "n": list(range(len(drawn)))})
    of_one = way.transform(iceberg)
    found: dict[int, Any] = {}
    for key, part in parted(rows, spec, schema):
        assert key is not None
        found |= dict.fromkeys(part["n"].to_pylist(), key.partition[0])
    physical = [value if value is None else of_one(value) for value in drawn]
    epoch = date(1970, 1, 1)
    told = [(each - epoch).days if isinstance(each, date) else each for each in physical]
    assert found == dict(enumerate(told))


def test_rows_are_parted_by_all_fields_of_the_specification() -> None:
    schema = Schema(t.NestedField(1, "a", t.StringType()), t.NestedField(2, "b", t.LongType()))
    spec = PartitionSpec(
        PartitionField(1, 1000, tf.IdentityTransform(), "a"),
        PartitionField(2, 1001, tf.IdentityTransform(), "b"),
    )
    rows = pa.table({"a": ["x", "y", "x", "x"], "b": [1, 1, 2, 1]}, schema_to_pyarrow(schema))
    found = ((key, part.num_rows) for key, part in parted(rows, spec, schema))
    parts = {(key.partition[0], key.partition[1]): count for key, count in found if key}
    assert parts == {("x", 1): 2, ("x", 2): 1, ("y", 1): 1}
