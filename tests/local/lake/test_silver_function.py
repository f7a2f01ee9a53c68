"""The function beside the silver job, at work under its own role: it takes what is little, Glue the rest."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from local.lake.lake import LocalLake
from local.lake.tables import read_table
from tests.local.lake.roles import without
from tests.local.lake.swift_lake import GOLD, SILVER, Shop, make_project, order

pytestmark = pytest.mark.lake


class Watched(Shop):
    """A lake whose pipeline is run by hand."""

    def run(self) -> dict[str, Any]:
        """Run the pipeline to its end, and describe the execution."""
        states = self.lake.aws.client("stepfunctions")
        arn = f"arn:aws:states:us-east-1:000000000000:stateMachine:{self.lake.naming.resource('shop')}"
        execution = states.start_execution(stateMachineArn=arn)["executionArn"]
        deadline = time.monotonic() + 600
        while (found := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
            assert time.monotonic() < deadline
            time.sleep(0.5)
        return dict(found)

    @contextmanager
    def started(self, job: str, count: int) -> Iterator[None]:
        """Expect so many new runs of a Glue job."""
        before = len(self.runs(job))
        yield
        assert len(self.runs(job)) - before == count


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("function")
    root = make_project(folder)
    with EmbeddedAws(folder / "lake", port=0) as aws:
        lake = LocalLake(aws, root)
        lake.synthesize()
        lake.deploy()
        yield Watched(lake)


def test_little_comes_into_silver_without_glue(shop: Watched) -> None:
    shop.drop("orders", order("o1", 1, "a@example.com"), order("o2", 2))
    shop.drop("refunds", order("r1", 1))
    with shop.started(SILVER, 0), shop.started(GOLD, 1):
        done = shop.run()
    assert (done["status"], shop.refused()) == ("SUCCEEDED", [])
    assert shop.silver("orders") == {"o1": 1, "o2": 2}
    assert shop.silver("refunds") == {"r1": 1}
    gold = read_table(shop.lake.aws, shop.lake.naming.database(Layer.GOLD, "shop"), "seen")
    assert sorted(gold["order_id"].to_pylist()) == ["o1", "o2"]
    silver = read_table(shop.lake.aws, shop.lake.naming.database(Layer.SILVER, "shop"), "orders")
    [masked] = [email for email in silver["email"].to_pylist() if email]
    assert len(masked) == 64
    assert "@" not in masked


def test_nothing_is_started_for_silver_when_nothing_is_new(shop: Watched) -> None:
    counts = shop.lake.aws.client("cloudwatch")
    listed = counts.list_metrics(Namespace="lakehouse/local", MetricName="HoursSinceArrival")["Metrics"]
    assert {each["Dimensions"][0]["Value"] for each in listed} >= {"shop/orders", "shop/refunds"}
    with shop.started(SILVER, 0), shop.started(GOLD, 0):
        assert shop.run()["status"] == "SUCCEEDED"
    assert shop.refused() == []


def test_products_are_built_when_what_they_read_has_changed_and_others_are_not(shop: Watched) -> None:
    shop.drop("refunds", order("r1", 1))  # no product reads it
    with shop.started(SILVER, 0), shop.started(GOLD, 0):
        assert shop.run()["status"] == "SUCCEEDED"
    shop.drop("orders", order("o2", 2))  # the same again: a commit, though no row changes
    with shop.started(GOLD, 1):
        assert shop.run()["status"] == "SUCCEEDED"
    assert shop.runs(GOLD)[0]["Arguments"]["--datasets"] == "seen"
    with shop.started(GOLD, 0):
        assert shop.run()["status"] == "SUCCEEDED"


def test_job_of_products_runs_when_the_function_cannot_tell_which_are_due(shop: Watched) -> None:
    with shop.started(GOLD, 1), without(shop.lake.aws, "DomainShop-SilverFunction", "glue:GetTable"):
        shop.run()
    assert "--datasets" not in shop.runs(GOLD)[0].get("Arguments", {})


def test_glue_takes_the_dataset_that_has_much_and_no_other(shop: Watched) -> None:
    shop.drop("orders", order("o2", 22), order("o3", 3))
    shop.drop("refunds", order("r2", 2), padding=1024 * 1024)
    with shop.started(SILVER, 1):
        assert shop.run()["status"] == "SUCCEEDED"
    assert shop.runs(SILVER)[0]["Arguments"]["--datasets"] == "refunds"
    assert shop.silver("orders") == {"o1": 1, "o2": 22, "o3": 3}
    assert shop.silver("refunds") == {"r1": 1, "r2": 2}


def test_function_goes_on_where_glue_has_ended(shop: Watched) -> None:
    shop.drop("refunds", order("r1", 11), order("r3", 3))
    with shop.started(SILVER, 0):
        assert shop.run()["status"] == "SUCCEEDED"
    assert shop.silver("refunds") == {"r1": 11, "r2": 2, "r3": 3}


def test_glue_takes_what_the_function_fails_at(shop: Watched) -> None:
    shop.drop("orders", order("o4", 4))
    before = shop.refused()
    with shop.started(SILVER, 1), without(shop.lake.aws, "DomainShop-SilverFunction", "glue:UpdateTable"):
        assert shop.run()["status"] == "SUCCEEDED"
    assert shop.runs(SILVER)[0]["Arguments"]["--datasets"] == "orders"
    assert {each["action"] for each in shop.refused() if each not in before} == {"glue:UpdateTable"}
    assert shop.silver("orders")["o4"] == 4


def test_glue_takes_everything_when_the_function_cannot_tell_what_is_new(shop: Watched) -> None:
    shop.drop("orders", order("o5", 5))
    with shop.started(SILVER, 1), without(shop.lake.aws, "DomainShop-SilverFunction", "s3:GetObject"):
        assert shop.run()["status"] == "SUCCEEDED"
    assert "--datasets" not in shop.runs(SILVER)[0].get("Arguments", {})
    assert shop.silver("orders")["o5"] == 5


def test_dataset_that_is_not_fit_for_use_fails_the_run_and_is_not_handed_over(shop: Watched) -> None:
    shop.drop("orders", order("o6", 6), order("o7", "many"))
    with shop.started(SILVER, 0):
        done = shop.run()
    assert (done["status"], done["error"]) == ("FAILED", "NotFit")
    assert done["cause"].startswith("Function: 1 of 1 failed: orders: RejectedError: 1 of 2 records rejected")
    with shop.started(SILVER, 0):
        assert shop.run()["error"] == "NotFit"  # until other data come
    shop.drop("orders", order("o8", 8))
    assert shop.run()["status"] == "SUCCEEDED"
    assert shop.silver("orders")["o6"] == 6
