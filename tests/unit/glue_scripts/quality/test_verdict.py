"""What a silver run leaves on its table for the products that read it."""

import pytest
from lakehouse_etl.quality import verdict
from lakehouse_etl.tables.table import Table

from tests.unit.glue_scripts.bench import Bench, MakeBench

pytestmark = pytest.mark.spark

RULE = {
    "name": "few", "kind": "aggregate", "sql": "count(*)", "operator": "mustBeLessThan", "values": (3,),
    "severity": "error",
}  # fmt: skip
UNJUDGED = "its newest rows have not been judged, since no run of its silver job has come to its end"


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    return make_bench({"id": "string"}, rules={"id": {"required": True}}, max_rejected_ratio=0.5)


def _problem(bench: Bench) -> str | None:
    table = Table(bench.spark.newSession(), bench.dataset.silver_table)
    return verdict.problem_of(table, table.history())


def test_rows_are_fit_for_use_when_a_run_came_to_its_end(bench: Bench) -> None:
    assert _problem(bench) == UNJUDGED
    bench.run()
    assert _problem(bench) is None
    bench.put_json({"id": "a"})
    bench.run()
    assert _problem(bench) is None


def test_verdict_outlives_compaction_and_the_snapshot_that_it_is_about(bench: Bench) -> None:
    for key in "ab":
        bench.put_json({"id": key})
        bench.run()
    name = bench.dataset.silver_table
    for procedure in (
        f"rewrite_data_files(table => '{name}', options => map('rewrite-all', 'true'))",
        f"expire_snapshots('{name}', TIMESTAMP '2099-01-01 00:00:00', 1)",
    ):
        bench.spark.newSession().sql(f"CALL glue_catalog.system.{procedure}")
        assert _problem(bench) is None
        bench.run()
        assert _problem(bench) is None
    bench.spark.newSession().sql(f"DELETE FROM glue_catalog.{name} WHERE id = 'a'")  # noqa: S608 (a test's own)
    assert _problem(bench) == UNJUDGED
