"""`lake domain` lists what there is, and removes a domain whole or not at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lakehouse.odcs.lake.load import load_lake
from tests.unit.lakehouse.project import Project, column, product, source
from tools.lake.domains.paths import remove_all

SHOP = {"contracts/shop", "local/samples/shop.py", "local/samples/shop", "tests/samples/shop"}
READS_SHOP = "SELECT order_id FROM silver_shop.orders"


@pytest.fixture
def two_domains(project: Project) -> Project:
    """A project with the domains `shop` and `yard`, the first of which has samples and tests."""
    project.write(source("shop/orders"), "shop/orders")
    project.write(product("shop/totals"), "shop/totals")
    project.text("shop/totals.sql", READS_SHOP)
    project.write(source("yard/plants"), "yard/plants")
    for file in ("shop.py", "__init__.py", "shop/more.py", "yardstick.py", "gone/__pycache__/gone.pyc"):
        touch(project.root / "local/samples" / file)
    for file in ("shop/test_shop.py", "shop/deep/__init__.py", "conftest.py"):
        touch(project.root / "tests/samples" / file)
    return project


def touch(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def files(project: Project) -> set[str]:
    return {path.relative_to(project.root).as_posix() for path in project.root.rglob("*") if path.is_file()}


def test_list_tells_what_each_domain_has_and_who_needs_it(
    two_domains: Project, run_json: Callable[..., Any]
) -> None:
    two_domains.write(product("yard/sold"), "yard/sold")
    two_domains.text("yard/sold.sql", READS_SHOP)
    assert run_json("domain", "list") == [
        {
            "name": "shop",
            "datasets": ["orders", "totals"],
            "samples": True,
            "tests": True,
            "needed_by": ["yard/sold"],
        },
        {"name": "yard", "datasets": ["plants", "sold"], "samples": False, "tests": False, "needed_by": []},
        {"name": "yardstick", "datasets": [], "samples": True, "tests": False, "needed_by": []},
    ]


def test_list_is_a_table_for_people(two_domains: Project, run: Callable[..., Any]) -> None:
    assert "orders, totals" in run("domain", "list").stdout


def test_remove_takes_contracts_samples_and_tests_of_one_domain_alone(
    two_domains: Project, run: Callable[..., Any]
) -> None:
    before = files(two_domains)
    result = run("domain", "remove", "shop", "--yes")
    assert result.exit_code == 0, result.output
    gone = before - files(two_domains)
    assert gone == {path for path in before if any(path == at or path.startswith(f"{at}/") for at in SHOP)}
    assert files(two_domains) <= before
    assert all(path in result.stdout for path in gone)
    assert load_lake(two_domains.root).domains == ("yard",)


def test_remove_takes_what_is_left_of_a_domain_whose_contracts_are_gone(
    two_domains: Project, run: Callable[..., Any]
) -> None:
    before = files(two_domains)
    assert run("domain", "remove", "yardstick", "--yes").exit_code == 0
    assert before - files(two_domains) == {"local/samples/yardstick.py"}


@pytest.mark.parametrize(("answer", "removed"), [("y\n", True), ("n\n", False), ("", False)])
def test_remove_asks_first(two_domains: Project, ask: Callable[..., Any], answer: str, removed: bool) -> None:
    before = files(two_domains)
    result = ask(answer, "domain", "remove", "shop")
    assert "Remove all of shop?" in result.stdout
    assert (result.exit_code == 0) is removed
    assert (files(two_domains) != before) is removed


def test_remove_refuses_with_every_reason_when_others_need_the_domain(
    two_domains: Project, run: Callable[..., Any]
) -> None:
    sold = product("yard/sold")
    two_domains.write(sold, "yard/sold")
    two_domains.text("yard/sold.sql", READS_SHOP)
    note = column("shop_order", relationships=[{"to": "shop.orders.order_id"}])
    two_domains.write(source("yard/notes", note), "yard/notes")
    before = files(two_domains)
    result = run("domain", "remove", "shop", "--yes")
    assert result.exit_code == 1
    assert files(two_domains) == before
    for text in (
        "contracts/yard/sold.odcs.yaml",
        "shop/orders",
        "contracts/yard/notes.odcs.yaml",
        "2 faults",
    ):
        assert text in result.stderr


def test_remove_refuses_the_last_domain(project: Project, run: Callable[..., Any]) -> None:
    project.write(source("shop/orders"), "shop/orders")
    result = run("domain", "remove", "shop", "--yes")
    assert (result.exit_code, "add a contract" in result.stderr) == (1, True)
    assert load_lake(project.root).domains == ("shop",)


@pytest.mark.parametrize("name", ["shops", "../contracts", "conftest", ""])
def test_remove_knows_only_names_of_domains(two_domains: Project, run: Callable[..., Any], name: str) -> None:
    before = files(two_domains)
    result = run("domain", "remove", name, "--yes")
    assert result.exit_code == 2
    assert "allowed: shop, yard" in result.stderr
    assert files(two_domains) == before


def test_nothing_is_removed_when_one_path_cannot_be(two_domains: Project) -> None:
    before = files(two_domains)
    paths = [two_domains.root / path for path in ("contracts/shop", "local/samples/shop.py", "gone")]
    with pytest.raises(FileNotFoundError):
        remove_all(two_domains.root, paths)
    assert files(two_domains) == before
