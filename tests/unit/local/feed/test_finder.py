"""Samples are found by the name of their domain, and only for domains that the lake has."""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.faults import InvalidInputError
from lakehouse.model.dataset import Lake
from local.feed.finder import LakeSamples, find_samples
from local.feed.samples import Records
from tests.unit.lakehouse.project import Project, column, product, source

PACKAGE = "samples_of_this_test"
ORDERS = """
from local.feed.samples import Counts, DomainSamples, Question, Records
from lakehouse.model.dataset import Layer

def records():
    return Records(("order_id", "at"), [b"{}"], Counts(1))

QUESTION = Question("totals", "How many?", "SELECT 1", [("1",)])
SAMPLES = DomainSamples({"orders": records}, [QUESTION])
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with the datasets `shop/orders` and `shop/totals`."""
    shop = Project(tmp_path / "project")
    shop.write(source("shop/orders", column("at", required=True)))
    shop.write(product("shop/totals"), "shop/totals")
    shop.text("shop/totals.sql", "SELECT order_id FROM silver_shop.orders")
    return shop


@pytest.fixture
def find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., LakeSamples]]:
    """Find samples among modules with these texts."""
    package = tmp_path / PACKAGE
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)

    def with_modules(lake: Lake, **modules: str) -> LakeSamples:
        for name, text in modules.items():
            (package / f"{name}.py").write_text(text)
        importlib.invalidate_caches()
        return find_samples(lake, PACKAGE)

    yield with_modules
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def faults_of(found: Callable[[], LakeSamples]) -> list[str]:
    with pytest.raises(InvalidInputError) as caught:
        found()
    return [str(fault) for fault in caught.value.faults]


def test_samples_and_questions_of_a_domain_are_those_of_the_module_that_is_called_so(
    project: Project, find: Callable[..., LakeSamples]
) -> None:
    lake = project.load()
    samples = find(lake, shop=ORDERS)
    orders, totals = lake.datasets
    made = samples.of(orders)
    assert isinstance(made, Records)
    assert made.records == [b"{}"]
    assert samples.of(totals) is None
    assert [question.text for question in samples.questions("shop")] == ["How many?"]


def test_samples_of_a_domain_may_be_a_package(project: Project, find: Callable[..., LakeSamples]) -> None:
    folder = Path(sys.path[0], PACKAGE, "shop")
    folder.mkdir()
    (folder / "__init__.py").write_text(ORDERS)
    lake = project.load()
    assert find(lake).of(lake.datasets[0])


def test_domain_without_a_module_has_no_samples(project: Project, find: Callable[..., LakeSamples]) -> None:
    lake = project.load()
    Path(sys.path[0], PACKAGE, "shop", "__pycache__").mkdir(parents=True)  # as Python leaves it behind
    samples = find(lake)
    assert samples.of(lake.datasets[0]) is None
    assert samples.questions("shop") == ()


def test_module_of_a_domain_without_contracts_is_not_imported(
    project: Project, find: Callable[..., LakeSamples]
) -> None:
    samples = find(project.load(), yard="raise RuntimeError('imported')")
    assert samples.questions("yard") == ()


def test_samples_are_not_used_where_the_contract_does_not_fit_them(
    project: Project, find: Callable[..., LakeSamples]
) -> None:
    samples = find(project.load(), shop=ORDERS)
    project.write(source("shop/orders", column("at"), column("later")))
    assert samples.of(project.load().datasets[0])
    project.write(source("shop/orders", column("at"), column("later", required=True)))
    assert samples.of(project.load().datasets[0]) is None
    project.write(source("shop/orders", column("at"), ingestion={"mode": "files", "format": "json"}))
    assert samples.of(project.load().datasets[0]) is None


def test_every_name_that_no_contract_has_is_told_at_once(
    project: Project, find: Callable[..., LakeSamples]
) -> None:
    text = ORDERS.replace('"orders": records', '"order": records, "totals": records').replace(
        'Question("totals"', 'Question("orders"'
    )
    first, second, third = faults_of(lambda: find(project.load(), shop=text))
    assert first.startswith(
        f"{PACKAGE}/shop: SAMPLES.datasets: got 'order'; allowed: orders; fix: did you mean 'orders'?"
    )
    assert "SAMPLES.datasets: got 'totals'; allowed: orders" in second
    assert "SAMPLES.questions: got 'orders'; allowed: totals" in third


def test_unknown_persona_is_told(project: Project, find: Callable[..., LakeSamples]) -> None:
    text = ORDERS.replace('[("1",)]', '[("1",)], persona="analysts"')
    (fault,) = faults_of(lambda: find(project.load(), shop=text))
    assert "SAMPLES.questions: got 'analysts'; allowed: analyst, clerk, engineer, scientist" in fault


def test_module_without_samples_is_told(project: Project, find: Callable[..., LakeSamples]) -> None:
    (fault,) = faults_of(lambda: find(project.load(), shop="SAMPLE = 1"))
    assert f"{PACKAGE}/shop: SAMPLES: got None" in fault
