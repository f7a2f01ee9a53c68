import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from config.load import PROJECT_ROOT
from tests.fixtures.environments import FIXTURE, lake_of
from tests.unit.lakehouse.project import Json, Project, column, product, source
from tools.lake.derived import Derivation

CHANGES = {"mode": "files", "format": "parquet", "content": "changes"}
FUNCTION = {
    "max_mebibytes": 3, "memory_mebibytes": 1024, "timeout_seconds": 60, "storage_mebibytes": 512,
    "gather_seconds": None, "python": "3.14", "architecture": "arm64",
}  # fmt: skip


@pytest.fixture
def shop(project: Project) -> Project:
    amount = column("amount", "number", "decimal(12, 2)", logicalTypeOptions={"minimum": 0})
    email = column("email", customProperties=[{"property": "lake.masking", "value": "hash"}])
    cut = [{"property": "lake.masking", "value": {"method": "truncate", "first": 3}}]
    place = column("place", "object", properties=[column("city", customProperties=cut)])
    contract = source("shop/orders", amount, email, place, partition=["bucket(4, order_id)"])
    contract["schema"][0]["quality"] = [{"metric": "rowCount", "mustBeGreaterThan": 0}]
    project.write(contract)
    project.write(product(), "shop/totals")
    project.text("shop/totals.sql", "SELECT order_id FROM silver_shop.orders")
    return project


def test_show_tells_what_a_contract_generates_when_a_person_asks(
    run: Callable[..., Any], shop: Project
) -> None:
    text = " ".join(run("show", "orders").stdout.split())
    for expected in (
        "stream proof-lake-dev-shop-orders",
        "silver table proof_lake_dev_silver_shop.orders",
        "partition bucket(4, order_id)",
        "amount decimal(12, 2) ≥ 0",
        "hash",
        "city:",
        "rowCount > 0 error",
    ):
        assert expected in text


@pytest.mark.parametrize(
    ("lake", "function", "expected"),
    [
        ({}, None, "Glue: the environment has no function"),
        ({}, FUNCTION, "the function up to 3 MiB of new objects, Glue beyond"),
        ({"engine": "glue"}, FUNCTION, "Glue: the contract says so"),
        ({"engine": "function"}, FUNCTION, "the function: the contract says so; Glue where it fails twice"),
        ({"ingestion": CHANGES}, FUNCTION, "Glue: got a dataset of changes"),
    ],
)
def test_show_tells_which_engine_takes_a_dataset_and_why(
    run_json: Callable[..., Any], project: Project, lake: Json, function: Json | None, expected: str
) -> None:
    project.write(source("shop/orders", **lake))
    _set_function(project, function)
    assert run_json("show", "orders")["engine"].startswith(expected)


def test_show_names_the_rule_that_only_spark_measures(run_json: Callable[..., Any], project: Project) -> None:
    contract = source("shop/orders", engine="function")
    query = "SELECT count(*) FROM ${object} WHERE order_id RLIKE 'a'"
    contract["schema"][0]["quality"] = [{"name": "odd", "type": "sql", "query": query, "mustBe": 0}]
    project.write(contract)
    _set_function(project, FUNCTION)
    assert run_json("show", "orders")["engine"].startswith("Glue: odd: ")


def test_show_finds_the_package_of_jobs_by_itself() -> None:
    """It is not installed, but lies in a folder; tests have that on their path."""
    dataset = next(each for each in lake_of(FIXTURE).datasets if each.ingestion)
    done = subprocess.run(
        [sys.executable, "-c", "from tools.lake.main import app; app()", "show", dataset.id,
         "--env", "live", "--json", "--root", str(FIXTURE)],
        cwd=PROJECT_ROOT, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT_ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["engine"]


def _set_function(project: Project, function: Json | None) -> None:
    path = project.root / "config" / "environments" / "dev.yaml"
    settings = yaml.safe_load(path.read_text())
    settings["processing"]["function"] = function
    path.write_text(yaml.safe_dump(settings))


def test_show_prints_one_derivation_when_a_program_asks(run: Callable[..., Any], shop: Project) -> None:
    entry = json.loads(run("show", "shop/orders", "--only", "manifest", "--env", "prod").stdout)
    assert entry["silver_table"] == "proof_lake_prod_silver_shop.orders"
    assert entry["table_rules"][0]["figures"][0]["spark"] == "count(*)"
    assert "RowCount" in run("show", "shop/orders", "--only", "dqdl").stdout


@pytest.mark.parametrize("name", ["shop/orders", "shop/totals"])
def test_show_has_every_derivation_when_all_are_asked_for(
    run_json: Callable[..., Any], shop: Project, name: str
) -> None:
    document = run_json("show", name)
    assert set(document) == {"dataset", "places", "engine", *(derivation.value for derivation in Derivation)}
    assert all(document.values())


def test_show_names_the_nearest_when_there_is_no_such_dataset(run: Callable[..., Any], shop: Project) -> None:
    result = run("show", "shop/order")
    assert result.exit_code == 2
    assert "did you mean 'shop/orders'?" in " ".join(result.stderr.replace("│", "").split())


def test_show_tells_what_a_product_is_refreshed_by_when_it_is_in_parts(
    run: Callable[..., Any], shop: Project
) -> None:
    parts = {"input": "shop/orders", "column": "order_id"}
    contract = product(write="overwrite_partitions", refresh=parts, partition=["order_id"])
    shop.write(contract, "shop/totals")
    assert "refresh by order_id of shop/orders" in " ".join(run("show", "totals").stdout.split())


def test_show_tells_which_pipelines_a_product_follows_when_it_reads_other_domains(
    run: Callable[..., Any], shop: Project
) -> None:
    for id_, sql in (
        ("web/visits", None),
        ("web/sums", "SELECT order_id FROM silver_shop.orders"),
        ("shop/joined", "SELECT order_id FROM silver_web.visits JOIN silver_raw.facts USING (order_id)"),
        ("raw/facts", None),
    ):
        shop.write(product(id_) if sql else source(id_), id_)
        if sql:
            shop.text(f"{id_}.sql", sql)
    text = " ".join(run("show", "shop/joined").stdout.split())
    assert "runs after the pipelines of raw" in text
    assert "in a circle with web, whose pipelines do not start this one" in text
    assert "runs after" not in run("show", "shop/totals").stdout
