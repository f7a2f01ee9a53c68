"""`lake init` says once what a fork is, drops the examples, and changes nothing while anything is wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from config.load import ENVIRONMENTS, load_settings
from lakehouse.odcs.lake.load import load_lake
from tests.unit.lakehouse.project import Json, Project, column, product, source
from tools.lake.main import app

WORDS = (
    "init", "--name", "acme", "--owner", "data@acme.example", "--cost-center", "c1",
    "--region", "eu-central-1",
    "--account", "dev=123456789012", "--account", "prod=210987654321",
)  # fmt: skip


def example(contract: Json) -> Json:
    return {**contract, "tags": ["example"]}


@pytest.fixture
def own(project: Project) -> Project:
    """A project with two example domains, one of which reads the other, and one domain of its own."""
    project.write(example(source("shop/orders")), "shop/orders")
    project.write(example(product("mall/totals")), "mall/totals")
    project.text("mall/totals.sql", "SELECT order_id FROM silver_shop.orders")
    project.write(source("yard/plants"), "yard/plants")
    for path in ("local/samples/shop.py", "tests/samples/mall/test_mall.py"):
        (project.root / path).parent.mkdir(parents=True)
        (project.root / path).touch()
    return project


def files(project: Project) -> dict[str, str]:
    found = sorted(path for path in project.root.rglob("*") if path.is_file())
    return {path.relative_to(project.root).as_posix(): path.read_text() for path in found}


def test_what_is_said_once_holds_in_every_environment(own: Project, run: Callable[..., Any]) -> None:
    result = run(*WORDS)
    assert result.exit_code == 0, result.output
    found = [load_settings(name, own.root) for name in ("dev", "prod")]
    assert [(each.project, each.owner, each.cost_center, each.region) for each in found] == [
        ("acme", "data@acme.example", "c1", "eu-central-1")
    ] * 2
    assert [each.account for each in found] == ["123456789012", "210987654321"]
    base = (own.root / ENVIRONMENTS / "base.yaml").read_text()
    for key in ("project: acme", "owner: data@acme.example", "cost_center: c1", "region: eu-central-1"):
        assert key in base
    assert "project:" not in (own.root / ENVIRONMENTS / "dev.yaml").read_text()


def test_it_can_be_repeated(own: Project, run: Callable[..., Any], run_json: Callable[..., Any]) -> None:
    words = (*WORDS, "--drop-examples", "--yes")
    assert run(*words).exit_code == 0
    before = files(own)
    assert run_json(*words) == {"settings": [], "removed": []}
    assert "nothing to change" in run(*words).stdout
    assert files(own) == before


def test_laptop_keeps_its_account_and_region_and_one_environment_may_have_another_region(
    own: Project, run: Callable[..., Any]
) -> None:
    folder = own.root / ENVIRONMENTS
    text = (folder / "dev.yaml").read_text()
    (folder / "local.yaml").write_text(text.replace("environment: dev", "environment: local"))
    before = load_settings("local", own.root)
    assert run(*WORDS, "--region", "prod=eu-west-3").exit_code == 0
    found = {name: load_settings(name, own.root) for name in ("local", "dev", "prod")}
    assert (found["local"].account, found["local"].region) == (before.account, before.region)
    assert found["local"].project == "acme"
    assert {name: each.region for name, each in found.items() if name != "local"} == {
        "dev": "eu-central-1",
        "prod": "eu-west-3",
    }


def test_examples_go_with_samples_and_tests_and_what_is_ones_own_stays(
    own: Project, run_json: Callable[..., Any]
) -> None:
    told = run_json("init", "--drop-examples", "--yes")
    assert told == {
        "settings": [],
        "removed": ["tests/samples/mall", "local/samples/shop.py", "contracts/mall", "contracts/shop"],
    }
    assert load_lake(own.root).domains == ("yard",)
    assert not any((own.root / path).exists() for path in told["removed"])


def test_a_domain_with_a_contract_of_ones_own_is_no_example(
    own: Project, run_json: Callable[..., Any]
) -> None:
    own.text("mall/totals.sql", "SELECT order_id FROM silver_yard.plants")
    own.write(product("mall/mine"), "mall/mine")
    own.text("mall/mine.sql", "SELECT order_id FROM silver_yard.plants")
    told = run_json("init", "--drop-examples", "--yes")
    assert told["removed"] == ["local/samples/shop.py", "contracts/shop"]
    assert load_lake(own.root).domains == ("mall", "yard")


@pytest.mark.parametrize(("answer", "gone"), [("y\n", True), ("n\n", False)])
def test_examples_are_asked_for_first(own: Project, ask: Callable[..., Any], answer: str, gone: bool) -> None:
    before = files(own)
    result = ask(answer, "init", "--drop-examples")
    assert "Remove the examples mall, shop?" in result.stdout
    assert (files(own) != before) is gone
    assert (result.exit_code == 0) is gone


def test_every_fault_is_told_at_once_and_nothing_is_written(own: Project, run: Callable[..., Any]) -> None:
    own.write(
        source("yard/notes", column("order", relationships=[{"to": "shop.orders.order_id"}])), "yard/notes"
    )
    before = files(own)
    result = run("init", "--name", "Acme", "--account", "dev=12", "--drop-examples", "--yes")
    assert result.exit_code == 1
    for told in (
        "contracts/yard/notes.odcs.yaml",
        "config/environments/base.yaml",
        "lower-case letters",
        "config/environments/dev.yaml",
        "'12'",
        "3 faults",
    ):
        assert told in result.stderr
    assert files(own) == before


def test_environments_that_would_collide_are_refused(own: Project, run: Callable[..., Any]) -> None:
    before = files(own)
    account = "123456789012"
    result = run(
        "init", "--account", f"dev={account}", "--account", f"prod={account}", "--region", "eu-west-1"
    )
    assert result.exit_code == 1
    assert "lake_formation.hybrid" in result.stderr  # the two of the fixture project differ there
    assert files(own) == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--account", "123456789012"), "ENVIRONMENT=ACCOUNT, where the environment is one of dev, prod"),
        (("--account", "pord=123456789012"), "did you mean 'prod'?"),
        (("--region", "local=eu-west-1"), "ENVIRONMENT=REGION, where the environment is one of dev, prod"),
    ],
)
def test_values_name_environments_that_there_are(
    own: Project, run: Callable[..., Any], words: tuple[str, ...], told: str
) -> None:
    result = run("init", *words)
    assert (result.exit_code, told in result.stderr) == (1, True)


def test_examples_alone_are_not_dropped(project: Project, run: Callable[..., Any]) -> None:
    project.write(example(source("shop/orders")))
    result = run("init", "--drop-examples", "--yes")
    assert result.exit_code == 1
    assert "draft one of your own first: lake new" in result.stderr
    assert result.stderr.rstrip().endswith("1 fault")
    assert load_lake(project.root).domains == ("shop",)


def test_removal_that_was_cut_off_is_completed(own: Project, run: Callable[..., Any]) -> None:
    left = own.root / ".removed-x" / "0"
    left.mkdir(parents=True)
    (own.root / "local/samples/shop.py").rename(left / "shop.py")
    assert run("init", "--drop-examples", "--yes").exit_code == 0
    assert load_lake(own.root).domains == ("yard",)
    assert not left.exists()


def test_it_asks_for_everything_in_a_terminal(own: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.lake.init.command.is_terminal", lambda: True)
    given = "\n".join(["acme", "", "c1", "123456789012", "", "eu-west-3", "eu-west-3", ""])
    result = CliRunner().invoke(app, ["init", "--root", str(own.root)], input=given)
    assert result.exit_code == 0, result.output
    assert "Address of its owner [owner@example.com]:" in result.stdout
    dev, prod = (load_settings(name, own.root) for name in ("dev", "prod"))
    assert (dev.project, dev.account, prod.account) == ("acme", "123456789012", "200000000002")
    assert "region: eu-west-3" in (own.root / ENVIRONMENTS / "base.yaml").read_text()
    assert Path(own.root, ENVIRONMENTS, "dev.yaml").read_text().count("region") == 0
