"""Figures in Spark follow the rows that come and go, and are those of the whole table."""

from collections.abc import Sequence
from typing import Any

import pytest
from lakehouse_etl.bronze.commits import keep_state
from lakehouse_etl.contract.table_rules import Figure
from lakehouse_etl.quality.meter import PROPERTY, Basis, measure
from lakehouse_etl.quality.spark_meter import SparkMeter
from lakehouse_etl.tables.table import Table

from tests.unit.glue_scripts.bench import Bench, MakeBench

pytestmark = pytest.mark.spark


def _rule(name: str, sql: str) -> dict[str, Any]:
    return {
        "name": name, "kind": "aggregate", "sql": sql, "operator": "mustBeGreaterThan", "values": (-1e9,),
        "severity": "error",
    }  # fmt: skip


RULES = [
    _rule("rows", "count(*)"),
    _rule("unpriced", "100D * count_if(price IS NULL) / nullif(count(*), 0)"),
    _rule("worth", "sum(price)"),
    _rule("odd", "count_if(id RLIKE '[ace]')"),
    _rule("twice", "count(price) - count(DISTINCT price)"),
]


@pytest.fixture
def scanned(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The figures of each scan of a whole table."""
    found: list[list[str]] = []
    original = SparkMeter.figures

    def figures(self: SparkMeter, figures: Sequence[Figure], rows: Any) -> Sequence[Any]:
        found.append([figure.spark for figure in figures])
        return original(self, figures, rows)

    monkeypatch.setattr(SparkMeter, "figures", figures)
    return found


def test_figures_are_those_of_the_whole_table_whatever_became_of_it(
    make_bench: MakeBench, scanned: list[list[str]]
) -> None:
    bench = make_bench({"id": "string", "price": "decimal(9, 2)"}, table_rules=RULES)
    name = f"glue_catalog.{bench.dataset.silver_table}"
    call = "CALL glue_catalog.system."
    table = f"table => '{bench.dataset.silver_table}'"
    follows = {
        "nothing": "SELECT 1",
        "compaction": f"{call}rewrite_data_files({table}, options => map('rewrite-all', 'true'))",
        "rows of others": f"INSERT INTO {name} SELECT * FROM {name} LIMIT 1",  # noqa: S608 (a test's own)
        "rows that went": f"DELETE FROM {name} WHERE id = 'b1'",  # noqa: S608 (a test's own)
        "updates": "SELECT 1",
    }
    for number, (what, sql) in enumerate([("first", "SELECT 1"), *follows.items()]):
        bench.spark.newSession().sql(sql)
        bench.put_json(*({"id": f"{key}{number}", "price": number + at} for at, key in enumerate("abcd")))
        bench.put_json({"id": f"e{number}"}, {"id": f"f{number}", "price": f"{number}.25"})
        if what == "updates":  # of the last file: of less than the table has
            bench.put_json({"id": f"a{number - 1}"}, {"id": f"e{number - 1}", "price": 77})
        scanned.clear()
        bench.run()
        assert ("count(*)" in scanned[0]) is (what == "first"), what
        _check(bench)
    bench.put_json({"id": "z"})
    session = bench.spark.newSession()
    session.sql(f"INSERT INTO {name} SELECT * FROM {name} WHERE id = 'a0'")  # noqa: S608 (a test's own)
    silver = Table(session, bench.dataset.silver_table)
    keep_state(silver, silver.history())
    session.sql(f"{call}expire_snapshots({table}, older_than => TIMESTAMP '2099-01-01', retain_last => 1)")
    scanned.clear()
    bench.run()
    assert "count(*)" in scanned[0]
    _check(bench)


def _check(bench: Bench) -> None:
    session = bench.spark.newSession()
    table = Table(session, bench.dataset.silver_table)
    basis = Basis.of(table.properties()[PROPERTY])
    assert basis is not None
    assert basis.snapshot_id == bench.head()
    found, figures = measure(SparkMeter(session, table), bench.dataset.table_rules)
    assert [item.problem for item in found if item.problem] == []
    assert basis.values == figures
    latest = bench.results("table")[-len(RULES) :]
    assert {row["rule"]: row["value"] for row in latest} == {item.rule.name: item.value for item in found}
