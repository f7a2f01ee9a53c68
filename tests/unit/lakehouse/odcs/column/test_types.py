import re

import pytest

from lakehouse.model.fields import Array, Decimal, Field, Map, Scalar, Struct, Type
from tests.unit.lakehouse.project import Json, Project, column, source

TEXT = {"logicalType": "string"}


@pytest.mark.parametrize(
    ("logical", "physical", "expected"),
    [
        ("string", None, Scalar.STRING),
        ("string", "string", Scalar.STRING),
        ("string", "binary", Scalar.BINARY),
        ("boolean", None, Scalar.BOOLEAN),
        ("date", "date", Scalar.DATE),
        ("timestamp", "timestamp", Scalar.TIMESTAMP),
        ("timestamp", "timestamptz", Scalar.TIMESTAMPTZ),
        ("integer", "int", Scalar.INT),
        ("integer", "long", Scalar.LONG),
        ("number", "float", Scalar.FLOAT),
        ("number", "double", Scalar.DOUBLE),
        ("number", "decimal(12,2)", Decimal(12, 2)),
        ("number", "decimal(38, 38)", Decimal(38, 38)),
    ],
)
def test_type_is_read_when_it_says_how_values_are_stored(
    project: Project, logical: str, physical: str | None, expected: Type
) -> None:
    project.write(source("shop/orders", column("note", logical, physical)))
    assert project.load().datasets[0].fields[1].type == expected


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            {"logicalType": "number"},
            "physicalType: got 'nothing'; allowed: decimal(precision, scale) of at most 38",
        ),
        (
            {"logicalType": "integer"},
            "physicalType: got 'nothing'; allowed: int, long; fix: say how integer values",
        ),
        ({"logicalType": "timestamp"}, "physicalType: got 'nothing'; allowed: timestamp, timestamptz"),
        (
            {"logicalType": "integer", "physicalType": "bigint"},
            "physicalType: got 'bigint'; allowed: int, long",
        ),
        ({"logicalType": "date", "physicalType": "string"}, "physicalType: got 'string'; allowed: date"),
        (
            {"logicalType": "number", "physicalType": "decimal(39,2)"},
            "physicalType: got 'decimal(39,2)'; allowed",
        ),
        (
            {"logicalType": "number", "physicalType": "decimal(5,6)"},
            "physicalType: got 'decimal(5,6)'; allowed",
        ),
        (
            {"logicalType": "time"},
            "logicalType: got 'time'; allowed: array, boolean, date, integer, map, number",
        ),
        ({"logicalType": "object"}, "properties: got 'nothing'; allowed: at least one property"),
        (
            {"logicalType": "array"},
            "items: got 'nothing'; allowed: the type of the elements; fix: add the key",
        ),
        (
            {"logicalType": "array", "physicalType": "set", "items": TEXT},
            "physicalType: got 'set'; allowed: list; fix: change or remove it",
        ),
        (
            {"logicalType": "integer", "physicalType": "int", "logicalTypeOptions": {"format": "i64"}},
            "logicalTypeOptions.format: got 'i64'; allowed: i16, i32, i8, u16, u8; fix: choose a phys",
        ),
        (
            {
                "logicalType": "timestamp",
                "physicalType": "timestamp",
                "logicalTypeOptions": {"timezone": True},
            },
            "logicalTypeOptions.timezone: got True; allowed: false; fix: change it or the physicalType",
        ),
    ],
)
def test_type_is_refused_when_it_would_lose_information(project: Project, change: Json, fault: str) -> None:
    contract = source("shop/orders", {"name": "note", "description": "A note.", **change})
    assert fault in project.fault_of(contract)


def test_type_is_refused_when_none_is_given(project: Project) -> None:
    contract = source("shop/orders", {"name": "note", "description": "A note."})
    assert "[1].logicalType: got 'nothing'; allowed: array" in project.fault_of(contract)


def test_nested_types_are_read_when_they_hold_one_another(project: Project) -> None:
    line = {
        "logicalType": "object",
        "properties": [
            {"name": "sku", **TEXT, "required": True, "description": "Article."},
            {"name": "price", "logicalType": "number", "physicalType": "decimal(8, 2)"},
        ],
    }
    tags = {"key": TEXT, "value": {"logicalType": "array", "items": TEXT}}
    project.write(
        source("shop/orders", column("lines", "array", "list", items=line), column("tags", "map", map=tags))
    )
    _, lines, labels = project.load().datasets[0].fields
    members = (Field("sku", Scalar.STRING, True, "Article."), Field("price", Decimal(8, 2), False, ""))
    assert lines.type == Array(Struct(members))
    assert labels.type == Map(Scalar.STRING, Array(Scalar.STRING))


@pytest.mark.parametrize(
    ("inner", "fault"),
    [
        (
            {"logicalTypeOptions": {"pattern": "x"}},
            r"items\.logicalTypeOptions\.pattern: got .* rules on columns only",
        ),
        (
            {"relationships": [{"to": "orders.order_id"}]},
            r"items\.relationships: got 'relationships'; allowed: rules on columns only",
        ),
        *(
            (
                {"logicalType": logical, "physicalType": logical, "logicalTypeOptions": {"format": "yyyy"}},
                r"items\.logicalTypeOptions\.format: got .*; allowed: rules on columns",
            )
            for logical in ("date", "timestamp")
        ),
        (
            {"customProperties": [{"property": "lake.masking", "value": "hash"}]},
            r"items\.customProperties\[0\]\.value: got 'hash'; allowed: masking of columns and members",
        ),
        (
            {"customProperties": [{"property": "lake.order_by", "value": "x"}]},
            r"items\.customProperties\[0\]: got 'customProperties\.0'; .* or make this a column",
        ),
    ],
)
def test_rule_is_refused_when_it_stands_inside_a_nested_type(
    project: Project, inner: Json, fault: str
) -> None:
    items = {**TEXT, **inner}
    assert re.search(fault, project.fault_of(source("shop/orders", column("notes", "array", items=items))))


def test_map_is_refused_when_its_keys_are_not_text(project: Project) -> None:
    keys = {"key": {"logicalType": "integer", "physicalType": "int"}, "value": TEXT}
    fault = project.fault_of(source("shop/orders", column("tags", "map", map=keys)))
    assert "map.key: got 'int'; allowed: string, as keys are in JSON" in fault


def test_member_is_refused_when_its_name_is_bad_or_repeated(project: Project) -> None:
    members = [{"name": "Sku", **TEXT}, {"name": "price", **TEXT}, {"name": "price", **TEXT}]
    project.write(source("shop/orders", column("line", "object", properties=members)))
    bad, repeated = project.faults()
    assert "[1].properties[0].name: got 'Sku'; allowed: snake_case" in bad
    assert "[1].properties[2].name: got 'price'; allowed: each name once" in repeated
