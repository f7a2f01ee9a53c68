"""One thing that is wrong is told once: what only follows from it is not."""

from pathlib import Path

import pytest

from tests.unit.lakehouse.project import Project, column, product, source


def only(project: Project) -> str:
    """Return the place and value of the one fault."""
    fault = project.fault()
    return fault.partition("; allowed")[0]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A dataset that a product and another dataset need."""
    project = Project(tmp_path)
    project.write(source("shop/orders"))
    project.write(product("shop/totals"), "shop/totals")
    project.text("shop/totals.sql", "SELECT order_id FROM silver_shop.orders")
    note = column("shop_order", relationships=[{"to": "shop.orders.order_id"}])
    project.write(source("yard/notes", note), "yard/notes")
    return project


def test_type_that_is_wrong_has_no_rules_that_are(project: Project) -> None:
    amount = column("amount", "number", "decimal(50, 2)", logicalTypeOptions={"minimum": 0})
    project.write(source("shop/orders", amount))
    assert only(project).endswith("properties[1].physicalType: got 'decimal(50, 2)'")
    project.write(source("shop/orders", {**amount, "logicalType": "money"}))
    assert only(project).endswith("properties[1].logicalType: got 'money'")


@pytest.mark.parametrize(
    ("logical", "physical", "place"),
    [("string", "text", "physicalType: got 'text'"), ("array", None, "items: got 'nothing'")],
)
def test_masking_is_not_blamed_when_the_type_that_it_is_to_fit_is_wrong(
    project: Project, logical: str, physical: str | None, place: str
) -> None:
    hashed = [{"property": "lake.masking", "value": "hash"}]
    project.write(source("shop/orders", column("note", logical, physical, customProperties=hashed)))
    assert only(project).endswith(f"properties[1].{place}")


def test_type_that_is_missing_is_missed_once(project: Project) -> None:
    amount = column("amount", logicalTypeOptions={"minimum": 0})
    del amount["logicalType"]
    project.write(source("shop/orders", amount))
    assert only(project).endswith("properties[1].logicalType: got 'nothing'")


def test_contract_that_is_called_otherwise_than_its_file_is_no_fault_of_those_that_read_it(
    project: Project,
) -> None:
    project.write(source("shop/order"), "shop/orders")
    assert "schema[0].name: got 'order'" in only(project)
    project.write({**source("shop/orders"), "domain": "shopp"}, "shop/orders")
    assert "domain: got 'shopp'" in only(project)
