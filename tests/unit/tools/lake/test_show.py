import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.lakehouse.project import Project, column, product, source
from tools.lake.derived import Derivation


@pytest.fixture
def shop(project: Project) -> Project:
    amount = column("amount", "number", "decimal(12, 2)", logicalTypeOptions={"minimum": 0})
    email = column("email", customProperties=[{"property": "lake.masking", "value": "hash"}])
    contract = source("shop/orders", amount, email, partition=["bucket(4, order_id)"])
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
        "rowCount > 0 error",
    ):
        assert expected in text


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
    assert set(document) == {"dataset", "places", *(derivation.value for derivation in Derivation)}
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
