"""Nobody sees a version of a product that was not audited, whatever happens on the way."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from lakehouse_etl.gold import build as gold
from lakehouse_etl.gold.sql import ProductError
from lakehouse_etl.quality.results import Results
from lakehouse_etl.tables.table import Table
from lakehouse_etl.tables.version import REFUSED, Version, following
from pyspark.sql import SparkSession

from tests.unit.glue_scripts.gold.gold_bench import GoldBench
from tests.unit.glue_scripts.table_rules import aggregate

pytestmark = pytest.mark.spark

FEW = aggregate("few", "sum(events)", "mustBeLessThan", 4, columns={"events": "long"})


@pytest.fixture
def make(spark: SparkSession, request: pytest.FixtureRequest) -> Callable[[], GoldBench]:
    made: list[GoldBench] = []

    def make_bench() -> GoldBench:
        made.append(GoldBench(spark, f"w{abs(hash(request.node.nodeid)) % 10**9}_{len(made)}"))
        return made[-1]

    return make_bench


def _branches(bench: GoldBench) -> set[str]:
    return {
        row["name"]
        for row in bench.sql(f"SELECT name FROM glue_catalog.gold.{bench.name}.refs").collect()  # noqa: S608
    }


def test_rules_are_measured_on_the_whole_product_when_a_part_is_made_anew(
    make: Callable[[], GoldBench],
) -> None:
    bench = make()
    bench.insert(("a", "2026-01-01", 1), ("b", "2026-01-02", 2))
    bench.build(table_rules=(FEW,))
    head, rows = bench.head(), bench.rows()
    bench.insert(("c", "2026-01-02", 3), ("d", "2026-01-03", 3))
    with pytest.raises(ProductError, match="few: got 4; allowed: < 4") as failure:
        bench.build()
    assert (failure.value.rules_failed, bench.head(), bench.rows()) == (1, head, rows)
    assert bench.sql(f"SELECT * FROM glue_catalog.gold.{bench.name} VERSION AS OF '{REFUSED}'").count() == 3  # noqa: S608
    bench.change(f"DELETE FROM {bench.silver} WHERE id = 'c'")  # noqa: S608 (a test's own)
    assert (bench.build().refreshed, bench.rows()) == ("parts", bench.expected())
    assert _branches(bench) == {"main"}


def test_keys_are_compared_across_parts_when_they_do_not_tell_the_part(make: Callable[[], GoldBench]) -> None:
    bench = make()
    bench.insert(("a", "2026-01-01", 1))
    bench.build(key=("events",))
    bench.insert(("b", "2026-01-02", 2))
    with pytest.raises(ProductError, match=r"1 keys \(events\) more than once"):
        bench.build()
    assert bench.rows() == [("2026-01-01", 1, 1)]


POINTS = (
    (Version, "__init__", "after"),
    (Version, "replace", "before"),
    (Version, "replace", "after"),
    (gold, "audit", "after"),
    (Results, "append", "before"),
    (Results, "append", "after"),
    (Version, "publish", "before"),
    (Version, "publish", "after"),
    (Version, "drop", "before"),
)


@pytest.mark.parametrize("refresh", ["parts", "all"])
def test_killed_run_is_repeated_without_a_trace(
    make: Callable[[], GoldBench], monkeypatch: pytest.MonkeyPatch, refresh: str
) -> None:
    bench = make()
    changes: dict[str, Any] = {} if refresh == "parts" else {"refresh": None}
    bench.insert(("a", "2026-01-01", 1), ("b", "2026-01-02", 2))
    bench.build(**changes)
    for day, (owner, name, moment) in enumerate(POINTS, start=3):
        bench.change(f"UPDATE {bench.silver} SET day = DATE'2026-01-{day:02}' WHERE id = 'b'")  # noqa: S608
        before, expected = bench.rows(), bench.expected()
        with monkeypatch.context() as patch, contextlib.suppress(KeyboardInterrupt):
            _kill(patch, owner, name, moment)
            bench.build()
        published = (name, moment) in {("publish", "after"), ("drop", "before")}
        assert bench.rows() == (expected if published else before) != (before if published else expected)
        assert bench.build().refreshed == ("nothing" if published else refresh)
        assert bench.rows() == expected


def _kill(patch: pytest.MonkeyPatch, owner: object, name: str, moment: str) -> None:
    original = getattr(owner, name)

    def dying(*args: Any, **kwargs: Any) -> None:
        if moment == "after":
            original(*args, **kwargs)
        raise KeyboardInterrupt(name)

    patch.setattr(owner, name, dying)


def _in_between(monkeypatch: pytest.MonkeyPatch, name: str, happen: Callable[[int], object]) -> list[int]:
    """Let something happen before each call of a method of Version; returns a list with an item for each."""
    original = getattr(Version, name)
    calls: list[int] = []

    def wrapped(self: Version, *args: Any, **kwargs: Any) -> Any:
        calls.append(len(calls))
        happen(len(calls))
        return original(self, *args, **kwargs)

    monkeypatch.setattr(Version, name, wrapped)
    return calls


def test_version_is_built_again_when_compaction_came_in_between(
    make: Callable[[], GoldBench], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = make()
    bench.insert(("a", "2026-01-01", 1), ("b", "2026-01-02", 2))
    bench.build()
    bench.insert(("c", "2026-01-02", 3))

    def compact(attempt: int) -> None:
        if attempt == 1:
            bench.call(
                f"rewrite_data_files(table => 'gold.{bench.name}', options => map('rewrite-all', 'true'))"
            )

    attempts = _in_between(monkeypatch, "publish", compact)
    assert bench.build().refreshed == "parts"
    assert (len(attempts), bench.rows()) == (2, bench.expected())


def test_product_fails_when_others_always_come_in_between(
    make: Callable[[], GoldBench], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = make()
    bench.insert(("a", "2026-01-01", 1))
    bench.build()
    bench.insert(("c", "2026-01-02", 3))
    rows = bench.rows()
    more = (
        f"INSERT INTO glue_catalog.gold.{bench.name} SELECT * FROM glue_catalog.gold.{bench.name} WHERE false"  # noqa: S608
    )
    _in_between(monkeypatch, "publish", lambda _: bench.sql(more))
    with pytest.raises(ProductError, match="somebody else has committed to it, 3 times in a row"):
        bench.build()
    assert bench.rows() == rows


def test_rows_that_come_during_the_build_wait_for_the_next_one(
    make: Callable[[], GoldBench], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = make()
    bench.insert(("a", "2026-01-01", 1))
    bench.build()
    bench.insert(("b", "2026-01-02", 2))
    expected = bench.expected()

    def insert(attempt: int) -> None:
        if attempt == 1:
            bench.insert(("c", "2026-01-02", 3), ("d", "2026-01-04", 4))

    _in_between(monkeypatch, "replace", insert)
    assert bench.build().refreshed == "parts"
    assert bench.rows() == expected
    assert bench.build().why == "2 values of day changed"
    assert bench.rows() == bench.expected()


def test_two_runs_at_once_publish_only_what_was_audited(
    make: Callable[[], GoldBench], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = make()
    bench.insert(("a", "2026-01-01", 1))
    bench.build(table_rules=(FEW,))
    bench.insert(("b", "2026-01-02", 2))

    def write_unaudited(attempt: int) -> None:
        if attempt == 1:
            session = bench.spark.newSession()
            five = session.sql("SELECT DATE'2026-01-01' day, 5L events, 5L total")
            other = Table(session, bench.product.table)
            with contextlib.suppress(KeyboardInterrupt), following(other, other.head()) as version:
                version.replace(five, {})
                raise KeyboardInterrupt

    _in_between(monkeypatch, "publish", write_unaudited)
    bench.build()
    assert bench.rows() == bench.expected()


@pytest.mark.parametrize("problem", ["12 of 40 records rejected", "it's a 'quoted' \\ problem"])
def test_last_version_stays_when_an_input_is_behind_a_closed_gate(
    make: Callable[[], GoldBench], problem: str
) -> None:
    bench = make()
    bench.insert(("a", "2026-01-01", 1))
    bench.build()
    before = bench.rows()
    bench.insert(("b", "2026-01-02", 2))
    bench.judge(problem)
    for _ in range(2):
        with pytest.raises(ProductError) as failure:
            bench.build()
        assert f"input d/{bench.name} is not fit for use: closed: {problem}; the last version" in str(
            failure.value
        )
    assert bench.rows() == before
    bench.judge(None)
    assert (bench.build().refreshed, bench.rows()) == ("parts", bench.expected())


def test_last_version_stays_when_the_newest_rows_have_not_been_judged(make: Callable[[], GoldBench]) -> None:
    bench = make()
    bench.insert(("a", "2026-01-01", 1))
    bench.build()
    bench.sql(f"INSERT INTO {bench.silver} VALUES ('b', DATE'2026-01-02', 2, NULL)")  # noqa: S608
    with pytest.raises(ProductError, match="its newest rows have not been judged"):
        bench.build()
    bench.judge(None)
    bench.call(f"rewrite_data_files(table => 'silver.{bench.name}', options => map('rewrite-all', 'true'))")
    assert (bench.build().refreshed, bench.rows()) == ("parts", bench.expected())
