"""Silver kept equal to a source table, one situation at a time."""

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal as Number
from pathlib import Path
from typing import Any, Protocol, cast

import pytest
from lakehouse_etl.records.counts import Counts
from lakehouse_etl.tables.history import TableError
from pyspark.sql import SparkSession

from lakehouse.model.fields import Checks, Decimal, Field, Scalar
from lakehouse.model.masking import HASH
from tests.unit.glue_scripts.silver.replica_bench import KEY, ReplicaBench, replicated
from tools.records.source_table import SourceTable

pytestmark = pytest.mark.spark

ID = Field("id", Scalar.STRING, True, "")
AMOUNT = Field("amount", Decimal(9, 2), True, "", checks=Checks(minimum=0))
NOTE = Field("note", Scalar.STRING, False, "")
START = datetime(2026, 1, 1, 8, tzinfo=UTC)


class MakeReplica(Protocol):
    """Makes benches."""

    def __call__(self, *fields: Field, key: tuple[str, ...] = ("id",), **more: Any) -> ReplicaBench:
        """Make a bench for a table with these columns."""
        ...


@pytest.fixture
def make(spark: SparkSession, tmp_path: Path, request: pytest.FixtureRequest) -> MakeReplica:
    made: list[str] = []

    def make(*fields: Field, key: tuple[str, ...] = ("id",), **more: Any) -> ReplicaBench:
        name = f"r{abs(hash(request.node.nodeid)) % 10**9}_{len(made)}"
        made.append(name)
        return ReplicaBench(spark, tmp_path, replicated(name, fields or (ID, AMOUNT, NOTE), key, **more))

    return make


@pytest.fixture
def source() -> SourceTable:
    """A table with two rows."""
    table = SourceTable(("id",), START)
    table.insert(_row("a"))
    table.insert(_row("b"))
    table.commit()
    return table


def _row(key: str, amount: int = 1, note: str | None = None) -> dict[str, Any]:
    return {"id": key, "amount": Number(amount), "note": note}


def _reasons(bench: ReplicaBench) -> list[tuple[str, str]]:
    return sorted((row["reason"], row["detail"].partition(":")[0]) for row in bench.rejected())


def test_silver_has_what_inserts_updates_deletes_and_key_changes_left(
    make: MakeReplica, source: SourceTable
) -> None:
    bench = make()
    source.update(("a",), {"amount": Number(7)})
    source.delete(("b",))
    source.insert(_row("c"))
    source.update(("c",), {"id": "d"})
    bench.put(source.log)
    result = bench.run()
    assert bench.rows() == source.rows
    assert result.counts == Counts(records_in=6, accepted=3, rejected=0, superseded=3)
    assert bench.deleted() == 2  # b, and c, whose row is d now

    source.insert(_row("b", 3))
    source.update(("d",), {"id": "e"})
    bench.put(source.log[-2:])
    assert bench.run().counts.accepted == 2
    assert bench.rows() == source.rows


def test_older_changes_lose_when_they_come_late(make: MakeReplica, source: SourceTable) -> None:
    bench = make()
    source.update(("a",), {"amount": Number(7)})
    source.delete(("b",))
    bench.put(source.log[2:])
    bench.run()
    bench.put(source.log[:2])
    result = bench.run()
    assert result.counts == Counts(records_in=2, accepted=0, rejected=0, superseded=2)
    assert bench.rows() == source.rows == {("a",): _row("a", 7)}


def test_repeated_file_changes_nothing(make: MakeReplica, source: SourceTable) -> None:
    bench = make()
    source.delete(("b",))
    for _ in range(2):
        bench.put(source.log)
        result = bench.run()
    assert result.counts == Counts(records_in=3, accepted=0, rejected=0, superseded=3)
    assert bench.rows() == source.rows


def test_full_load_loses_against_changes_that_came_before_it(make: MakeReplica, source: SourceTable) -> None:
    bench = make()
    load = source.full_load()
    source.commit()
    source.delete(("a",))
    source.update(("b",), {"amount": Number(9)})
    bench.put(source.log[2:])
    bench.run()
    bench.put_load(load)
    assert bench.run().counts.superseded == 2
    assert bench.rows() == source.rows == {("b",): _row("b", 9)}


def test_reload_replaces_what_was_lost_and_what_is_older_counts_no_more(
    make: MakeReplica, source: SourceTable
) -> None:
    bench = make()
    bench.put(source.log)
    source.insert(_row("c"))
    source.delete(("c",))
    bench.put(source.log[2:])
    bench.run()
    assert bench.deleted() == 1
    older = source.log[:2]
    source.commit()
    source.delete(("a",))  # nobody tells the lake
    source.insert(_row("d", 4))
    source.commit()
    bench.put_load(source.full_load()[:1], 1)
    bench.run()
    bench.put_load(source.full_load()[1:], 2)
    bench.put(older)
    result = bench.run()
    assert bench.rows() == source.rows
    assert result.counts == Counts(records_in=3, accepted=1, rejected=0, superseded=2)
    assert bench.deleted() == 0


def test_changes_that_cannot_be_understood_are_quarantined_with_their_reason(
    make: MakeReplica, source: SourceTable
) -> None:
    bench = make()
    good, other = source.log
    bench.put(
        [
            good,
            replace(other, operation="X"),
            replace(other, operation=cast("str", None)),
            replace(other, row={**other.row, "id": None}),
            replace(other, row={**other.row, "amount": Number(-1)}),
            replace(other, sequence=""),
            replace(other, sequence=other.sequence[1:]),
        ]
    )
    result = bench.run()
    assert result.counts == Counts(records_in=7, accepted=1, rejected=6, superseded=0)
    assert _reasons(bench) == [
        ("missing_required", "Op"),
        ("missing_required", "id"),
        ("not_allowed", "Op"),
        ("out_of_range", "amount"),
        ("pattern_mismatch", "_change_seq"),
        ("pattern_mismatch", "_change_seq"),
    ]
    assert list(bench.rows()) == [("a",)]


def test_delete_needs_its_key_alone_and_finds_it_when_it_is_masked(
    make: MakeReplica, source: SourceTable
) -> None:
    bench = make(replace(ID, masking=HASH), AMOUNT, NOTE)
    source.delete(("b",))
    bench.put(source.log[:2])
    bench.run()
    bench.put(source.log[2:])
    assert bench.run().counts.accepted == 1
    assert list(bench.rows()) == [(hmac.new(KEY, b"a", hashlib.sha256).hexdigest(),)]


def test_keys_of_several_columns_change_one_at_a_time(make: MakeReplica) -> None:
    line = Field("line", Scalar.INT, True, "")
    bench = make(ID, line, AMOUNT, key=("id", "line"))
    table = SourceTable(("id", "line"), START)
    for number in (1, 2):
        table.insert({"id": "a", "line": number, "amount": Number(number)})
    table.update(("a", 2), {"line": 3})
    table.update(("a", 1), {"line": 2})
    bench.put(table.log)
    bench.run()
    assert bench.rows() == table.rows
    assert bench.deleted() == 1  # line 1; line 2 is there again


def test_run_is_refused_when_there_is_no_table_of_deleted_keys(
    make: MakeReplica, source: SourceTable, spark: SparkSession
) -> None:
    bench = make()
    assert bench.job.changes
    spark.sql(f"DROP TABLE glue_catalog.{bench.job.changes.deleted_table}")
    bench.put(source.log)
    with pytest.raises(TableError, match="_deleted: not in the catalog; fix: deploy"):
        bench.run()


def test_undeclared_personal_data_are_told_by_columns_of_the_contract_and_not_by_what_tells_of_changes(
    make: MakeReplica,
) -> None:
    table, bench = SourceTable(("id",), START), make()
    table.insert(_row("ada@example.com"))
    table.commit()
    table.insert(_row("b", note="write to emmy@example.com"))
    table.commit()
    bench.put(table.log)
    found = {(each.column, each.kind) for each in bench.run().undeclared}
    assert found == {("id", "e-mail addresses"), ("note", "e-mail addresses")}
    bench.deploy(replace(bench.dataset, fields=(ID, AMOUNT, replace(NOTE, classification="confidential"))))
    assert [each.column for each in bench.run().undeclared] == ["id"]
