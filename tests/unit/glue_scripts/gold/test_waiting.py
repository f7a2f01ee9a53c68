"""A product whose input was never made waits; one whose input is gone or unfit fails, as ever."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from lakehouse_etl.contract.model import Input, Product
from lakehouse_etl.gold.build import Built
from lakehouse_etl.gold.products import build_all
from lakehouse_etl.gold.sql import ProductError
from lakehouse_etl.job.work import WorkError
from lakehouse_etl.tables.history import TableError
from lakehouse_etl.tables.table import Table
from pyspark.sql import SparkSession

from tests.unit.glue_scripts.gold.gold_bench import GoldBench, recorder

pytestmark = pytest.mark.spark

NEVER_MADE = "was never made: its pipeline has not run, or not come to its end"
NOT_DEPLOYED = "has no table: the stack of its domain is not deployed"


@pytest.fixture
def bench(spark: SparkSession, request: pytest.FixtureRequest) -> GoldBench:
    return GoldBench(spark, f"w{abs(hash(request.node.nodeid)) % 10**9}")


@pytest.fixture
def run(spark: SparkSession, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Any:
    """Runs the job on products; returns what it printed and published of each."""

    def start(*products: Product) -> tuple[dict[str, Any], dict[str, Any]]:
        published = {}

        def publish(
            product: Product, built_at: datetime | None, counts: Mapping[str, int | None], _: Built | None
        ) -> None:
            published[product.name] = built_at is not None, counts

        capsys.readouterr()
        build_all(spark, products, "run", publish, record=recorder(tmp_path), parallel=2, full=False)
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return {line.pop("dataset"): line for line in lines}, published

    return start


def with_input(bench: GoldBench, layer: Literal["silver", "gold"], table: str) -> Product:
    """The bench's product, which reads a table of another domain as well."""
    more = Input("other/input", layer, table)
    return replace(bench.product, inputs=(*bench.product.inputs, more))


def written(bench: GoldBench) -> tuple[int | None, int]:
    """Current snapshot of the product, and rows among its results."""
    results = bench.sql(f"SELECT * FROM glue_catalog.{bench.product.results_table}")  # noqa: S608
    return bench.head(), results.count()


def test_product_and_its_readers_wait_without_failure_until_the_input_is_made(
    spark: SparkSession, bench: GoldBench, run: Any
) -> None:
    sound, dependant = GoldBench(spark, f"{bench.name}_sound"), bench.make_dependant()
    sound.insert(("a", "2026-01-01", 1))
    products = (dependant, bench.product, sound.product)
    printed, published = run(*products)
    assert printed[bench.product.name] == {"waiting": {bench.product.inputs[0].id: NEVER_MADE}}
    assert printed[dependant.name] == {"waiting": {bench.product.id: "waits itself"}}
    assert printed[sound.product.name]["refreshed"] == "all"
    assert published[bench.product.name] == (False, {"InputsAwaited": 1})
    assert published[dependant.name] == (False, {"InputsAwaited": 1})
    assert written(bench) == (None, 0)
    assert Table(spark.newSession(), dependant.table).head() is None
    bench.insert(("b", "2026-01-02", 2))
    printed, _ = run(*products)
    assert [printed[each.name]["refreshed"] for each in products] == ["all", "all", "nothing"]
    assert bench.rows() == bench.expected() != []


def test_product_waits_when_the_domain_of_its_input_is_not_deployed(bench: GoldBench, run: Any) -> None:
    bench.insert(("a", "2026-01-01", 1))
    for table in (f"silver.{bench.name}_later", "nowhere.at_all"):
        printed, _ = run(with_input(bench, "silver", table))
        assert printed[bench.product.name] == {"waiting": {"other/input": NOT_DEPLOYED}}
    assert written(bench) == (None, 0)


def test_product_waits_for_a_product_of_another_domain_until_it_is_published(
    spark: SparkSession, bench: GoldBench, run: Any
) -> None:
    other = GoldBench(spark, f"{bench.name}_other")
    reader = with_input(bench, "gold", other.product.table)
    waits = {"waiting": {"other/input": NEVER_MADE}}
    for each in (bench, other):
        each.insert(("a", "2026-01-01", 1))
    printed, _ = run(reader)
    assert printed[reader.name] == waits
    broken = other.product.sql.replace("sum(size)", "sum(size) + 9223372036854775807")
    with pytest.raises(WorkError, match="OVERFLOW"):
        run(replace(other.product, sql=broken))
    printed, _ = run(reader)
    assert printed[reader.name] == waits
    other.change(f"DELETE FROM {other.silver}")  # noqa: S608
    run(other.product)
    printed, _ = run(reader)
    assert (other.rows(), printed[reader.name]["rows"]) == ([], 1)


def test_product_is_built_when_its_input_was_made_without_a_row(bench: GoldBench) -> None:
    bench.judge(None)
    assert Table(bench.spark.newSession(), bench.product.inputs[0].table).head() is None
    built = bench.build()
    assert (built.refreshed, built.rows) == ("all", 0)


def test_closed_gate_is_a_failure_when_another_input_was_never_made(bench: GoldBench, run: Any) -> None:
    bench.insert(("a", "2026-01-01", 1))
    bench.judge("2 of 3 records rejected")
    reader = with_input(bench, "silver", "nowhere.at_all")
    with pytest.raises(WorkError, match=r"is not fit for use: closed: 2 of 3 records rejected"):
        run(reader)


def test_last_version_stays_while_a_new_input_was_never_made(bench: GoldBench, run: Any) -> None:
    bench.insert(("a", "2026-01-01", 1))
    bench.build()
    before = written(bench), bench.rows()
    bench.insert(("b", "2026-01-02", 2))
    printed, published = run(with_input(bench, "silver", "nowhere.at_all"))
    assert printed[bench.product.name] == {"waiting": {"other/input": NOT_DEPLOYED}}
    assert published[bench.product.name] == (True, {"InputsAwaited": 1})
    assert (written(bench), bench.rows()) == before


def test_input_that_was_there_once_is_a_fault_when_it_is_gone(bench: GoldBench) -> None:
    bench.insert(("a", "2026-01-01", 1))
    bench.build()
    rows = bench.rows()
    bench.sql(f"DROP TABLE {bench.silver}")
    with pytest.raises(TableError, match="not in the catalog any more"):
        bench.build()
    bench.make_silver(bench.name)
    with pytest.raises(ProductError, match="its newest rows have not been judged"):
        bench.build()
    assert bench.rows() == rows
