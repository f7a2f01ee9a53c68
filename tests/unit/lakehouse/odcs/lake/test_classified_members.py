"""How sensitive parts of a column are, and what a product says of those that it takes."""

from typing import Any

import pytest

from tests.unit.lakehouse.project import Json, Project, column, product, source

STRICT = column("person", "object", classification="confidential")
STRICT["properties"] = [column("city"), column("land", classification="public")]
MIXED = column(
    "contact", "object", properties=[column("city"), column("mail", classification="confidential")]
)
ENTRY = {"logicalType": "object", "properties": MIXED["properties"]}
ENTRIES = column("entries", "map", map={"key": {"logicalType": "string"}, "value": ENTRY})
NESTED = column("nested", "object", properties=[ENTRIES])
EMAIL = column("email", classification="confidential")
BORN = column("born", "date", classification="restricted")


def write(project: Project, value: str, kind: str = "string", **more: Any) -> None:
    columns = (STRICT, MIXED, ENTRIES, NESTED, EMAIL, BORN)
    project.write(source("shop/orders", *columns))
    project.write(product("shop/totals", column("x", kind, **more)), "shop/totals")
    project.text("shop/totals.sql", f"SELECT order_id, {value} AS x FROM silver_shop.orders")  # noqa: S608


def declassified(*sources: str) -> Json:
    value = {"from": [*sources], "reason": "Meant."}
    return {"customProperties": [{"property": "lake.declassified", "value": value}]}


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        ("person.city", "person"),
        ("to_json(contact)", "contact"),
        ("from_json(to_json(contact), 'a struct<city string>').a.city", "contact"),
        ("to_json(entries.city)", "entries"),
        ("to_json((entries).city)", "entries"),
        ("to_json(nested.entries.city)", "nested"),
        ("entries['a'].mail", "entries"),
    ],
)
def test_part_is_as_sensitive_as_what_it_is_in_and_what_is_in_it(
    project: Project, value: str, taken: str
) -> None:
    write(project, value)
    assert f"got 'x (internal) with values of shop/orders.{taken} (confidential)'" in project.fault()


@pytest.mark.parametrize(
    "value",
    ["contact.city", "entries['a'].city", "entries.a.city", "entries.city.city", "nested.entries.a.city"],
)
def test_part_is_as_it_is_classified_when_nothing_around_it_is_stricter(project: Project, value: str) -> None:
    write(project, value)
    assert len(project.load().datasets) == 2


def test_column_that_jobs_add_is_public(project: Project) -> None:
    write(project, "_source_object", classification="public")
    assert len(project.load().datasets) == 2


def test_every_stricter_column_is_told_when_it_has_no_reason(project: Project) -> None:
    write(project, "concat(email, born)", **declassified("shop/orders.mail"))
    found = "; allowed: {0} or stricter; fix: classify x as {0}, aggregate the values away, or say in "
    found += "lake.declassified of the column why that is meant"
    where = "contracts/shop/totals.sql:1: sql: got 'x (internal) with values of shop/orders."
    contract, born, email = project.faults()
    assert born == f"{where}born (restricted)'{found.format('restricted')}"
    assert email == f"{where}email (confidential)'{found.format('confidential')}"
    assert contract == (
        "contracts/shop/totals.odcs.yaml: customProperties: got 'shop/orders.mail in lake.declassified of "
        "x'; allowed: shop/orders.born, shop/orders.email; fix: remove it"
    )


def test_reason_is_refused_when_nothing_stricter_is_taken(project: Project) -> None:
    write(project, "contact.city", **declassified("shop/orders.email"))
    assert project.faults() == [
        "contracts/shop/totals.odcs.yaml: customProperties: got 'shop/orders.email in lake.declassified of "
        "x'; allowed: nothing: no value of a stricter column is republished; fix: remove it"
    ]
