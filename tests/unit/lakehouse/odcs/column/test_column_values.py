"""What the model holds of a column, and what authors read of one that is refused."""

import pytest

from lakehouse.model.fields import Declassification, NotPersonal, every_field
from lakehouse.model.masking import REDACT
from tests.unit.lakehouse.project import Json, Project, column, product, source

DECLASSIFIED = "lake.declassified"


def custom(name: str, value: object) -> Json:
    return {"customProperties": [{"property": name, "value": value}]}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (["a", "b c"], ("a", "b c")),
        (["Köln"], ("Köln",)),
        ([1, 2.5, True, None], ("1", "2.5", "true", "null")),
        ([{"city": "Köln"}], ('{"city": "Köln"}',)),
    ],
)
def test_examples_are_kept_as_people_write_them(
    project: Project, given: list[object], kept: tuple[str, ...]
) -> None:
    project.write(source("shop/orders", column("note", examples=given)))
    assert project.load().datasets[0].fields[1].examples == kept


@pytest.mark.parametrize(
    "kind",
    [
        {"logicalType": "integer", "physicalType": "int"},
        {"logicalType": "array", "items": {"logicalType": "string"}},
    ],
)
def test_column_of_any_type_may_be_redacted(project: Project, kind: Json) -> None:
    project.write(source("shop/orders", column("note") | kind | custom("lake.masking", "redact")))
    assert project.load().datasets[0].fields[1].masking == REDACT


@pytest.mark.parametrize(
    ("logical", "physical"), [("number", "float"), ("number", "double"), ("string", "binary")]
)
def test_column_is_no_key_when_its_values_do_not_compare_well(
    project: Project, logical: str, physical: str
) -> None:
    contract = source()
    contract["schema"][0]["properties"][0].update(logicalType=logical, physicalType=physical)
    assert project.fault_of(contract) == (
        f"schema[0].properties[0].logicalType: got '{logical}'; allowed: text, integers, dates or times in a "
        "key; fix: choose another key or type"
    )


def test_reason_of_a_declassification_is_kept_without_blanks_around_it(project: Project) -> None:
    given = {"from": ["shop/orders.note"], "reason": " It is known.\n"}
    project.write(source("shop/orders", column("note", classification="restricted")))
    project.write(product("shop/totals", column("note") | custom(DECLASSIFIED, given)), "shop/totals")
    project.text("shop/totals.sql", "SELECT order_id, note FROM silver_shop.orders")
    totals = next(each for each in project.load().datasets if each.id == "shop/totals")
    assert totals.fields[1].declassified == Declassification(("shop/orders.note",), "It is known.")


def test_declassification_is_refused_when_one_of_its_columns_is_no_name(project: Project) -> None:
    given = {"from": ["shop/orders.note", 1], "reason": "It is known."}
    fault = project.fault_of(source("shop/orders", column("note") | custom(DECLASSIFIED, given)))
    assert fault.startswith("schema[0].properties[1].customProperties[0].value: got {'from': ")
    assert fault.endswith("; fix: name the columns whose values those are, and tell why")


NOT_PERSONAL = "lake.not_personal"
NUMBERS = {"looks_like": ["card numbers"], "reason": "Numbers of orders."}


def test_reason_why_values_only_look_personal_is_kept_without_blanks_around_it(project: Project) -> None:
    given = {**NUMBERS, "reason": " Numbers of orders.\n"}
    project.write(source("shop/orders", column("note") | custom(NOT_PERSONAL, given)))
    assert project.load().datasets[0].fields[1].not_personal == NotPersonal(
        ("card numbers",), "Numbers of orders."
    )


@pytest.mark.parametrize(
    "given",
    [
        "card numbers",
        {**NUMBERS, "reason": " "},
        {**NUMBERS, "looks_like": []},
        {**NUMBERS, "looks_like": ["cards"]},
        {**NUMBERS, "looks_like": ["card numbers", "cards"]},
        {**NUMBERS, "more": 1},
    ],
)
def test_values_are_personal_unless_kinds_and_a_reason_are_told(project: Project, given: object) -> None:
    fault = project.fault_of(source("shop/orders", column("note") | custom(NOT_PERSONAL, given)))
    assert fault.startswith(f"schema[0].properties[1].customProperties[0].value: got {given!r}; allowed: ")
    assert "; kinds: IP addresses, MAC addresses, addresses, bank accounts, card numbers, " in fault
    assert fault.endswith("; fix: name what the values look like, and tell what they are")


def test_product_says_nothing_of_what_its_columns_look_like(project: Project) -> None:
    project.write(source("shop/orders", column("note")))
    project.write(product("shop/totals", column("note") | custom(NOT_PERSONAL, NUMBERS)), "shop/totals")
    project.text("shop/totals.sql", "SELECT order_id, note FROM silver_shop.orders")
    assert project.fault().endswith(
        ": schema[0].properties[1].customProperties: got 'lake.not_personal'; allowed: lake.not_personal on "
        "silver only; fix: say it of the silver column it comes from"
    )


SUBJECT = "lake.subject"


def test_columns_and_members_tell_whose_data_a_record_is(project: Project) -> None:
    mail = column("mail") | custom(SUBJECT, "email")
    numbers = column("numbers", "array", items={"logicalType": "string"}) | custom(SUBJECT, "customer")
    project.write(source("shop/orders", numbers, column("who", "object", properties=[mail])))
    fields = project.load().datasets[0].fields
    assert [each.subject for each in every_field(fields)] == [None, "customer", None, "email"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (column("note") | custom(SUBJECT, "Customer"), "got 'Customer'; allowed: a name in snake_case"),
        (column("note") | custom(SUBJECT, 1), "got 1; allowed: a name in snake_case"),
        (column("note", "date") | custom(SUBJECT, "customer"), "allowed: lake.subject on texts and whole"),
    ],
)
def test_identifier_is_refused_where_it_can_be_none(project: Project, changed: Json, told: str) -> None:
    assert told in project.fault_of(source("shop/orders", changed))


def test_product_tells_nothing_of_whose_data_it_is(project: Project) -> None:
    project.write(source("shop/orders", column("note")))
    project.write(product("shop/totals", column("note") | custom(SUBJECT, "customer")), "shop/totals")
    project.text("shop/totals.sql", "SELECT order_id, note FROM silver_shop.orders")
    assert project.fault().endswith(
        ": schema[0].properties[1].customProperties: got 'lake.subject'; allowed: lake.subject on silver "
        "only; fix: remove it: a product is made anew from silver"
    )
