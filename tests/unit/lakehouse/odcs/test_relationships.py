from typing import Any

from lakehouse.model.dataset import Relationship
from tests.unit.lakehouse.project import Json, Project, column, source


def referring(*targets: Any) -> Json:
    relationships = [{"to": target} for target in targets]
    return source("shop/orders", column("customer_id", relationships=relationships))


def test_relationship_is_read_when_a_column_refers_to_another_dataset(project: Project) -> None:
    project.write(referring("customers.order_id", "crm.people.order_id"))
    project.write(source("shop/customers"), "shop/customers")
    project.write(source("crm/people"), "crm/people")
    orders = next(dataset for dataset in project.load().datasets if dataset.id == "shop/orders")
    assert orders.relationships == (
        Relationship(("customer_id",), "shop/customers", ("order_id",)),
        Relationship(("customer_id",), "crm/people", ("order_id",)),
    )


def test_relationship_is_read_when_the_table_has_a_composite_one(project: Project) -> None:
    contract = source("shop/orders", column("line"))
    contract["schema"][0]["relationships"] = [
        {"from": ["orders.order_id", "orders.line"], "to": ["lines.order_id", "lines.line"]}
    ]
    project.write(contract)
    project.write(source("shop/lines", column("line")), "shop/lines")
    orders = next(dataset for dataset in project.load().datasets if dataset.id == "shop/orders")
    assert orders.relationships == (Relationship(("order_id", "line"), "shop/lines", ("order_id", "line")),)


def test_relationship_is_refused_when_its_target_is_unknown(project: Project) -> None:
    fault = project.fault_of(referring("custmers.id"))
    assert "relationships of customer_id: got 'shop/custmers'; allowed: a dataset of the lake" in fault


def test_relationship_is_refused_when_the_target_lacks_the_column(project: Project) -> None:
    project.write(source("shop/customers"), "shop/customers")
    fault = project.fault_of(referring("customers.order"))
    assert "got 'order of shop/customers'; allowed: order_id; fix: did you mean 'order_id'?" in fault


def test_relationship_is_refused_when_the_types_differ(project: Project) -> None:
    project.write(source("shop/customers", column("number", "integer", "long")), "shop/customers")
    fault = project.fault_of(referring("customers.number"))
    assert (
        "got 'customer_id and number of other types'; allowed: number of shop/customers of the same" in fault
    )


def test_relationship_is_refused_when_it_names_no_column(project: Project) -> None:
    fault = project.fault_of(referring("a.b.c.d"))
    assert "relationships[0].to: got 'a.b.c.d'; allowed: dataset.column, or domain.dataset.column" in fault
