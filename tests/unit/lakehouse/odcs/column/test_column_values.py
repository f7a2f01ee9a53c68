"""What the model holds of a column, and what authors read of one that is refused."""

import pytest

from lakehouse.model.fields import Declassification
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
