"""Figures that follow the rows that come and go are those of the whole table, whatever became of it."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lakehouse_etl.contract.table_rules import Figure
from lakehouse_etl.native.meter import NativeMeter
from lakehouse_etl.native.rewriting import written
from lakehouse_etl.quality.meter import PROPERTY, Basis, measure, name_of
from lakehouse_etl.silver.outcome import RulesError
from pyiceberg.types import DecimalType

from tests.unit.glue_scripts.native.bench import Bench, MakeBench

FIELDS = {"id": "string", "size": "long", "price": "decimal(9, 2)"}


def _rule(name: str, sql: str, **options: Any) -> dict[str, Any]:
    return {
        "name": name, "kind": "aggregate", "sql": sql, "operator": "mustBeGreaterThan", "values": (-1e9,),
        "severity": "error", **options,
    }  # fmt: skip


RULES = [
    _rule("rows", "count(*)"),
    _rule("large", "count_if(size > 5)"),
    _rule("unpriced", "100D * count_if(price IS NULL) / nullif(count(*), 0)"),
    _rule("worth", "sum(price)"),
    _rule("twice", "count(size) - count(DISTINCT size)"),
    _rule("late", "count_if(current_date < DATE '2000-01-01')"),
]


@pytest.fixture
def bench(make_native: MakeBench) -> Bench:
    return make_native(FIELDS, table_rules=RULES, partition={"size": "bucket[2]"})


@pytest.fixture
def scanned(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The figures of each scan of a whole table."""
    found: list[list[str]] = []
    original = NativeMeter.figures

    def figures(self: NativeMeter, figures: Sequence[Figure], rows: Any) -> Sequence[Any]:
        found.append([figure.spark for figure in figures])
        return original(self, figures, rows)

    monkeypatch.setattr(NativeMeter, "figures", figures)
    return found


def _put(bench: Bench, *records: tuple[str, int | None, str | None]) -> None:
    bench.put_json(*({"id": key, "size": size, "price": price} for key, size, price in records))


def _basis(bench: Bench) -> Basis:
    basis = Basis.of(bench.silver.properties()[PROPERTY])
    assert basis is not None
    return basis


def test_only_what_does_not_add_up_is_measured_on_the_whole_table(
    bench: Bench, scanned: list[list[str]]
) -> None:
    _put(bench, ("a", 1, "1.50"), ("b", 9, None), ("c", 9, "2.25"), ("e", 1, None))
    bench.run()
    _put(bench, ("b", 2, "100.00"), ("d", 7, None))
    bench.run()
    first, second = scanned
    assert len(first) == 8
    assert second == ["count(DISTINCT size)", "count_if(current_date < DATE '2000-01-01')"]
    assert _basis(bench).snapshot_id == bench.head()
    latest = {row["rule"]: row["value"] for row in bench.results("table")[-len(RULES) :]}
    assert latest == {"rows": 5, "large": 2, "unpriced": 40, "worth": 103.75, "twice": 1, "late": 0}


def test_commit_of_others_is_followed_too(bench: Bench, scanned: list[list[str]]) -> None:
    _put(bench, ("a", 1, "1.50"), ("b", 9, None), ("c", 9, "2.25"))
    bench.run()
    silver = bench.silver
    silver.commit(silver.head(), {}, written(silver.iceberg, bench.whole().slice(0, 1)))
    _put(bench, ("d", 7, "0.01"))
    bench.run()
    assert "count(*)" not in scanned[-1]
    assert _values(bench) == _full(bench)
    assert _values(bench)["worth"] in (5.26, 6.01, 3.76)  # whichever row the others repeated


def _values(bench: Bench) -> dict[str, float | None]:
    rows = bench.results("table")
    latest = max(row["measured_at"] for row in rows)
    return {row["rule"]: row["value"] for row in rows if row["measured_at"] == latest}


def _full(bench: Bench) -> dict[str, float | None]:
    found, _ = measure(NativeMeter(bench.silver), bench.dataset.table_rules)
    return {item.rule.name: item.value for item in found}


@pytest.mark.parametrize("lost", ["snapshot", "property", "rule"])
def test_everything_is_measured_when_there_is_nothing_to_follow(
    bench: Bench, scanned: list[list[str]], lost: str
) -> None:
    _put(bench, ("a", 1, "1.50"))
    bench.run()
    base = bench.head()
    if lost == "property":
        bench.silver.set_properties({PROPERTY: "nonsense"})
    if lost == "rule":
        bench.contract(table_rules=[_rule("few", "count_if(size < 5)")])
    _put(bench, ("b", 2, None))
    if lost == "snapshot":
        _commit_and_expire(bench, base)
    bench.run()
    assert "count(*)" in scanned[-1] or scanned[-1] == ["count_if(size < 5)"]
    assert _values(bench) == _full(bench)


def test_column_that_takes_the_name_of_another_is_measured_anew(
    bench: Bench, scanned: list[list[str]]
) -> None:
    _put(bench, ("a", 9, "1.50"), ("b", 9, None))
    bench.run()
    for change in ("delete", "add"):
        with bench.silver.iceberg.update_schema(allow_incompatible_changes=True) as schema:
            schema.delete_column("price") if change == "delete" else schema.add_column(
                "price", DecimalType(9, 2)
            )
    _put(bench, ("c", 9, "2.25"))
    bench.run()
    assert "sum(price)" in scanned[-1]
    assert _values(bench) == _full(bench)
    assert _values(bench)["worth"] == 2.25


def _commit_and_expire(bench: Bench, snapshot: int | None) -> None:
    assert snapshot is not None
    silver = bench.silver
    silver.commit(silver.head(), _named(bench), written(silver.iceberg, bench.whole()))
    silver.iceberg.maintenance.expire_snapshots().by_id(snapshot).commit()


def test_rules_of_the_clock_are_measured_again_without_new_records(
    bench: Bench, scanned: list[list[str]]
) -> None:
    clock = _rule(
        "due", "count_if(size > 0 AND current_date > DATE '2000-01-01')", operator="mustBe", values=[0]
    )
    bench.contract(table_rules=[RULES[0], clock])
    for _ in range(2):
        _put(bench, ("a", 1, None))
        with pytest.raises(RulesError, match="due: got 1"):
            bench.run()
    bench.contract(table_rules=[RULES[0], {**clock, "values": [1]}])
    for _ in range(3):
        assert bench.run().rules_failed == 0
    assert [each for each in scanned[-2:] if "count(*)" in each] == []
    assert _values(bench) == {"due": 1}


Action = tuple[str, list[tuple[str, int | None, str | None]]]
LAST: list[Action] = [("put", [("z", 1, "1.00")]), ("run", [])]
RECORDS = st.lists(
    st.tuples(
        st.sampled_from("abcdef"),
        st.none() | st.integers(-9, 9),
        st.none() | st.decimals(-99, 99, places=2).map(str),
    ),
    min_size=1,
    max_size=4,
)
ACTIONS = st.lists(
    st.tuples(st.sampled_from(["put", "put", "run", "run", "others", "gone", "move", "expire"]), RECORDS),
    min_size=3,
    max_size=12,
)


@pytest.mark.parametrize("write", ["merge", "append", "overwrite"])
def test_figures_are_those_of_the_whole_table_after_any_history(make_native: MakeBench, write: str) -> None:
    @settings(max_examples=10)
    @given(actions=ACTIONS)
    def holds(actions: list[Action]) -> None:
        bench = make_native(FIELDS, table_rules=RULES, partition={"size": "bucket[2]"}, write=write)
        for action, records in [*actions, *LAST]:
            _act(bench, action, records)
            if action == "run" and bench.head() is not None:
                assert _kept(bench) == _full_figures(bench)

    holds()


def _act(bench: Bench, action: str, records: list[tuple[str, int | None, str | None]]) -> None:
    silver = bench.silver
    files = [task.file for task in silver.tasks()] if bench.head() is not None else []
    match action:
        case "put":
            _put(bench, *records)
        case "run":
            bench.run()
        case "others" if files:
            silver.commit(silver.head(), _named(bench), written(silver.iceberg, bench.whole().slice(0, 2)))
        case "gone" if files:
            silver.commit(silver.head(), _named(bench), (), files[:1])
        case "move" if files:
            silver.commit(silver.head(), _named(bench), written(silver.iceberg, bench.whole()), files)
        case "expire" if len(silver.history()) > 1:
            for snapshot in silver.history()[1:]:
                silver.iceberg.maintenance.expire_snapshots().by_id(snapshot.id).commit()


def _named(bench: Bench) -> dict[str, str]:
    """Properties by which the next run finds its state, wherever snapshots expire."""
    summaries = (snapshot.summary for snapshot in bench.silver.history())
    return next(({"lake.state": each["lake.state"]} for each in summaries if "lake.state" in each), {})


def _kept(bench: Bench) -> dict[str, float]:
    return {name: float(value) for name, value in _basis(bench).values.items()}


def _full_figures(bench: Bench) -> dict[str, float]:
    _, figures = measure(NativeMeter(bench.silver), bench.dataset.table_rules)
    assert figures.keys() == {
        name_of(figure) for rule in bench.dataset.table_rules for figure in rule.figures if figure.additive
    }
    return {name: float(value) for name, value in figures.items()}
