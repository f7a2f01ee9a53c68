"""What of a type is read, and what authors read of one that is refused."""

from typing import Any

import pytest

from lakehouse.model.fields import Array, Field, Map, Scalar, Struct, Type
from tests.unit.lakehouse.project import Json, Project, column, product, source

TEXT = {"logicalType": "string"}
INTEGER = {"logicalType": "integer", "physicalType": "int"}
ZONED = {"logicalType": "timestamp", "physicalType": "timestamptz"}
LOGICAL = (
    "allowed: array, boolean, date, integer, map, number, object, string, timestamp; fix: use a type that a "
    "table can store"
)
ONLY = "; allowed: rules on columns only; fix: remove it, or make this a column"


RULES: Json = {
    "quality": [{"metric": "nullValues", "mustBe": 0}],
    "enum": [{"value": "a"}],
    "primaryKey": True,
    "unique": True,
    "partitioned": True,
}


def map_of(key: Json, value: Json, **more: Any) -> Json:
    return {"logicalType": "map", "map": {"key": key, "value": value}, **more}


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"logicalType": "boolean", "physicalType": "boolean"}, Scalar.BOOLEAN),
        (map_of(TEXT, INTEGER, physicalType="map"), Map(Scalar.STRING, Scalar.INT)),
        (
            {"logicalType": "array", "items": {**ZONED, "logicalTypeOptions": {"timezone": True}}},
            Array(Scalar.TIMESTAMPTZ),
        ),
        (
            {"logicalType": "array", "items": {**INTEGER, "logicalTypeOptions": {"format": "i8"}}},
            Array(Scalar.INT),
        ),
        (
            {
                "logicalType": "object",
                "physicalType": "struct",
                "properties": [
                    {
                        "name": "sku",
                        **TEXT,
                        "description": " Which\n article. ",
                        "classification": "public",
                        "examples": ["A-1", "Ü"],
                    }
                ],
            },
            Struct(
                (Field("sku", Scalar.STRING, False, "Which article.", "public", examples=("A-1", "Ü")),),
            ),
        ),
    ],
)
def test_type_is_read_with_all_that_it_says(project: Project, keys: Json, expected: Type) -> None:
    project.write(source("shop/orders", column("note") | keys))
    assert project.load().datasets[0].fields[1].type == expected


@pytest.mark.parametrize(
    ("keys", "faults"),
    [
        (
            {"logicalType": "time", "enum": [{"value": "09:30"}]},
            [f"logicalType: got 'time'; {LOGICAL}"],
        ),
        (
            {"logicalType": "date", "physicalType": "string", "enum": [{"value": "2026"}]},
            ["physicalType: got 'string'; allowed: date; fix: say how date values are stored"],
        ),
        (
            {"logicalType": "integer", "physicalType": "decimal(9,2)"},
            ["physicalType: got 'decimal(9,2)'; allowed: int, long; fix: say how integer values are stored"],
        ),
        (
            {"logicalType": "array", "logicalTypeOptions": {"maxItems": 2}},
            ["items: got 'nothing'; allowed: the type of the elements; fix: add the key"],
        ),
        (map_of({"logicalType": "time"}, TEXT), [f"map.key.logicalType: got 'time'; {LOGICAL}"]),
        (map_of(TEXT, {"logicalType": "time"}), [f"map.value.logicalType: got 'time'; {LOGICAL}"]),
        (
            map_of({**TEXT, "physicalType": "binary"}, TEXT),
            ["map.key: got 'binary'; allowed: string, as keys are in JSON; fix: change its type"],
        ),
        (
            map_of({"logicalType": "array", "items": TEXT}, TEXT),
            ["map.key: got 'list<string>'; allowed: string, as keys are in JSON; fix: change its type"],
        ),
        *[
            ({"logicalType": "array", "items": {**TEXT, name: rule}}, [f"items.{name}: got '{name}'" + ONLY])
            for name, rule in RULES.items()
        ],
    ],
)
def test_type_is_refused_with_its_place_and_how_to_mend_it(
    project: Project, keys: Json, faults: list[str]
) -> None:
    found = [
        fault.partition(": ")[2] for fault in project.faults_of(source("shop/orders", column("note") | keys))
    ]
    assert found == [f"schema[0].properties[1].{fault}" for fault in faults]


def test_column_counts_as_of_the_highest_class_when_its_own_is_unknown(project: Project) -> None:
    project.write(source("shop/orders", column("note", classification="secret")))
    project.write(product("shop/totals", column("note", classification="confidential")), "shop/totals")
    project.text("shop/totals.sql", "SELECT order_id, note FROM silver_shop.orders")
    unknown, republished = project.faults()
    assert "classification: got 'secret'; allowed: public, internal, confidential, restricted" in unknown
    assert "note (confidential) with values of shop/orders.note (restricted)" in republished
