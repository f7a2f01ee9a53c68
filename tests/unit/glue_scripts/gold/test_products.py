"""A failing product stops those that read it, and nobody else."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest
from lakehouse_etl.contract.model import Product
from lakehouse_etl.gold.build import Built
from lakehouse_etl.gold.products import build_all
from lakehouse_etl.job.work import WorkError
from pyspark.sql import SparkSession

from tests.unit.glue_scripts.gold.gold_bench import GoldBench, recorder

pytestmark = pytest.mark.spark


@pytest.mark.parametrize("parallel", [1, 3])
def test_siblings_are_published_and_dependants_are_not_when_a_gate_is_closed(
    spark: SparkSession, capsys: pytest.CaptureFixture[str], parallel: int, tmp_path: Path
) -> None:
    broken, sound = (GoldBench(spark, f"s{parallel}_{number}") for number in range(2))
    dependant = broken.make_dependant()
    published: dict[str, tuple[bool, set[str]]] = {}

    def publish(
        product: Product, built_at: datetime | None, counts: Mapping[str, int | None], _: Built | None
    ) -> None:
        published[product.id] = built_at is not None, set(counts)

    def run(run_id: str) -> dict[str, str]:
        products = [dependant, broken.product, sound.product]
        build_all(spark, products, run_id, publish, record=recorder(tmp_path), parallel=parallel, full=False)
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return {line["dataset"]: line["refreshed"] for line in lines}

    names = [each.name for each in (dependant, broken.product, sound.product)]
    for bench in (broken, sound):
        bench.insert(("a", "2026-01-01", 1))
    assert run("first") == dict.fromkeys(names, "all")
    rows = broken.rows()
    for bench in (broken, sound):
        bench.insert(("b", "2026-01-02", 2))
    broken.judge("2 of 3 records rejected")
    with pytest.raises(WorkError, match="2 of 3 failed") as failure:
        run("second")
    assert (
        f"{dependant.name}: ProductError: {dependant.name}: input {broken.product.id} failed; the last"
        in str(failure.value)
    )
    assert f"input d/{broken.name} is not fit for use: closed: 2 of 3 records rejected" in str(failure.value)
    assert (broken.rows(), sound.rows()) == (rows, sound.expected())
    assert published == {
        dependant.id: (True, {"RulesFailed", "GateClosed"}),
        broken.product.id: (True, {"RulesFailed", "GateClosed"}),
        sound.product.id: (True, {"Rows", "RulesFailed"}),
    }
    broken.judge(None)
    capsys.readouterr()
    assert run("third") == dict(zip(names, ("parts", "parts", "nothing"), strict=True))
    assert broken.rows() == broken.expected()
