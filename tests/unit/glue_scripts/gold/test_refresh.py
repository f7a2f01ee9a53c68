"""Products that are refreshed in parts: what is made anew, what stays, and what makes everything new."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from lakehouse_etl.contract.model import Input
from pyspark.sql import SparkSession

from tests.unit.glue_scripts.gold.gold_bench import GoldBench

pytestmark = pytest.mark.spark

THREE_DAYS = ("a", "2026-01-01", 1), ("b", "2026-01-02", 2), ("c", "2026-01-03", 3)


@pytest.fixture
def bench(spark: SparkSession, request: pytest.FixtureRequest) -> GoldBench:
    """A product that is up to date with events of three days, in one file or two."""
    made = GoldBench(spark, f"r{abs(hash(request.node.nodeid)) % 10**9}")
    made.insert(*THREE_DAYS)
    assert made.build().refreshed == "all"
    return made


def _changed_files(before: dict[str, set[str]], after: dict[str, set[str]]) -> set[str]:
    return {day for day in before.keys() | after.keys() if before.get(day) != after.get(day)}


@pytest.mark.parametrize(
    ("change", "days"),
    [
        ("INSERT INTO {} VALUES ('late', DATE'2026-01-02', 10, NULL)", {"2026-01-02"}),
        ("INSERT INTO {} VALUES ('new', DATE'2026-01-09', 10, NULL)", {"2026-01-09"}),
        ("UPDATE {} SET size = 5 WHERE id = 'b'", {"2026-01-02"}),
        ("UPDATE {} SET tags = map('k', 2) WHERE id = 'b'", {"2026-01-02"}),
        ("UPDATE {} SET day = DATE'2026-01-01' WHERE id = 'b'", {"2026-01-01", "2026-01-02"}),
        ("DELETE FROM {} WHERE day = DATE'2026-01-03'", {"2026-01-03"}),
        ("DELETE FROM {}", {"2026-01-01", "2026-01-02", "2026-01-03"}),
        ("INSERT OVERWRITE {} SELECT id, day, size, tags FROM {}", set()),
    ],
    ids=["late", "new", "corrected", "nested", "moved", "vanished", "emptied", "rewritten"],
)
def test_only_parts_with_other_rows_are_made_anew(bench: GoldBench, change: str, days: set[str]) -> None:
    before = bench.files()
    bench.change(change.format(bench.silver, bench.silver))
    built = bench.build()
    assert built.refreshed == ("parts" if days else "nothing")
    assert bench.rows() == bench.expected()
    assert _changed_files(before, bench.files()) == days


@pytest.mark.parametrize(
    ("transform", "rewritten"),
    [
        ("identity", {"2026-02-28"}),
        ("day", {"2026-02-28"}),
        ("month", {"2026-02-01", "2026-02-28"}),
        ("year", {"2026-02-01", "2026-02-28", "2026-12-31"}),
    ],
)
def test_whole_partitions_are_made_anew_when_they_span_several_values(
    spark: SparkSession, request: pytest.FixtureRequest, transform: str, rewritten: set[str]
) -> None:
    bench = GoldBench(spark, f"p{abs(hash(request.node.nodeid)) % 10**9}", transform)
    days = "2025-12-31", "2026-02-01", "2026-02-28", "2026-12-31", "2027-01-01"
    bench.insert(*((day, day, 1) for day in days))
    bench.build()
    before = bench.files()
    bench.insert(("late", "2026-02-28", 5))
    assert bench.build().refreshed == "parts"
    assert bench.rows() == bench.expected()
    assert _changed_files(before, bench.files()) == rewritten


def test_nothing_is_done_when_files_were_only_compacted(bench: GoldBench) -> None:
    bench.insert(("d", "2026-01-01", 4))
    bench.build()
    before = bench.files()
    bench.call(f"rewrite_data_files(table => 'silver.{bench.name}', options => map('rewrite-all', 'true'))")
    bench.call(f"rewrite_data_files(table => 'gold.{bench.name}', options => map('rewrite-all', 'true'))")
    compacted = bench.files()
    assert compacted != before
    assert bench.build().refreshed == "nothing"
    head = bench.head()
    for table in ("silver", "gold"):
        bench.call(f"expire_snapshots('{table}.{bench.name}', TIMESTAMP '2099-01-01 00:00:00', 1)")
    assert (bench.build().refreshed, bench.head(), bench.files()) == ("nothing", head, compacted)
    bench.insert(("e", "2026-01-03", 4))
    assert bench.build().refreshed == "parts"
    assert bench.rows() == bench.expected()


def _first_snapshot(bench: GoldBench) -> int:
    found = bench.sql(f"SELECT snapshot_id FROM {bench.silver}.snapshots ORDER BY committed_at").first()  # noqa: S608
    return int(found["snapshot_id"])


def _roll_back(bench: GoldBench) -> None:
    bench.call(f"rollback_to_snapshot('silver.{bench.name}', {_first_snapshot(bench)})")
    bench.judge(None)


def _expire(bench: GoldBench) -> None:
    for number in range(2):
        bench.insert((f"e{number}", "2026-01-09", 1))
    bench.call(f"expire_snapshots('silver.{bench.name}', TIMESTAMP '2099-01-01 00:00:00', 1)")


def _replace_table(bench: GoldBench) -> None:
    bench.sql(f"DROP TABLE {bench.silver}")
    bench.make_silver(bench.name)
    bench.insert(("z", "2026-01-07", 7))


def _leave_delete_files(bench: GoldBench) -> None:
    bench.sql(f"ALTER TABLE {bench.silver} SET TBLPROPERTIES ('write.delete.mode'='merge-on-read')")
    bench.insert(("d", "2026-01-01", 4), ("d2", "2026-01-01", 4), ("d3", "2026-01-01", 4))
    bench.change(f"DELETE FROM {bench.silver} WHERE id = 'd2'")  # noqa: S608 (a test's own)


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (_roll_back, "what was read last is no longer in the history"),
        (_expire, "what was read last is no longer in the history"),
        (_replace_table, "what was read last is no longer in the history"),
        (_leave_delete_files, "has delete files"),
    ],
)
def test_everything_is_made_anew_when_the_input_does_not_tell_what_changed(
    bench: GoldBench, happens: Callable[[GoldBench], None], why: str
) -> None:
    bench.insert(("x", "2026-01-02", 9))
    bench.build()
    happens(bench)
    built = bench.build()
    assert built.refreshed == "all"
    assert why in built.why
    assert bench.rows() == bench.expected()


def test_everything_is_made_anew_when_the_contract_or_the_sql_changed(bench: GoldBench) -> None:
    built = bench.build(sql=bench.product.sql.replace("sum(size)", "sum(2 * size)"))
    assert (built.refreshed, built.why) == ("all", "contract or SQL changed")
    assert bench.rows() == bench.expected() != []
    assert bench.build(volatile=True).refreshed == "all"
    assert bench.build().why == "the SQL depends on more than its inputs"


def test_everything_is_made_anew_when_somebody_else_wrote_the_product(bench: GoldBench) -> None:
    bench.sql(f"DELETE FROM glue_catalog.gold.{bench.name} WHERE day = DATE'2026-01-02'")  # noqa: S608
    assert bench.build().why == "no version that says what it was made of"
    assert bench.rows() == bench.expected()


def test_everything_is_made_anew_when_it_is_asked_for(bench: GoldBench) -> None:
    before = bench.files()
    assert bench.build(full=True).why == "asked for"
    assert _changed_files(before, bench.files()) == set(before)
    assert bench.build().refreshed == "nothing"


def test_product_catches_up_when_it_was_rolled_back(bench: GoldBench) -> None:
    before = bench.head()
    bench.insert(("late", "2026-01-02", 10))
    bench.build()
    bench.call(f"rollback_to_snapshot('gold.{bench.name}', {before})")
    assert bench.rows() != bench.expected()
    assert bench.build().refreshed == "parts"
    assert bench.rows() == bench.expected()


def test_everything_is_made_anew_when_another_input_changed(bench: GoldBench) -> None:
    other = bench.make_silver(f"{bench.name}_other")
    bench.insert(("o", "2026-01-01", 100), table=other)
    joined = f"SELECT day, count(*) events, sum(size + more) total FROM {bench.silver}, more GROUP BY day"  # noqa: S608
    both = (*bench.product.inputs, Input("d/other", "silver", f"silver.{bench.name}_other"))
    bench.build(sql=f"WITH more AS (SELECT max(size) more FROM {other}) {joined}", inputs=both)  # noqa: S608
    bench.insert(("late", "2026-01-02", 10))
    assert bench.build().refreshed == "parts"
    bench.insert(("o2", "2026-01-01", 200), table=other)
    built = bench.build()
    assert (built.refreshed, built.why) == ("all", "d/other changed")
    assert bench.rows() == bench.expected()


def test_whole_product_is_made_anew_only_after_a_change_when_it_has_no_parts(bench: GoldBench) -> None:
    whole = replace(bench.product, refresh=None)
    assert bench.build(refresh=whole.refresh).refreshed == "all"
    assert bench.build().refreshed == "nothing"
    bench.insert(("late", "2026-01-02", 10))
    assert (bench.build().refreshed, bench.rows()) == ("all", bench.expected())
