from typing import Any

import pytest
import yaml

from lakehouse.model.fields import Array, Decimal, Field, Map, Scalar, Struct, Type
from tools.lake.drafts.samples.nested import nested_type
from tools.lake.drafts.yaml_types import has_map, type_keys

TEXT = {"logicalType": "string", "physicalType": "string"}
LONG = {"logicalType": "integer", "physicalType": "long"}


@pytest.mark.parametrize(
    ("structure", "expected"),
    [
        ("UBIGINT", Scalar.LONG),
        ("HUGEINT", Scalar.LONG),
        ("DOUBLE", Scalar.DOUBLE),
        ("BOOLEAN", Scalar.BOOLEAN),
        ("VARCHAR", Scalar.STRING),
        ("NULL", Scalar.STRING),
        ("JSON", Scalar.STRING),
        (["BIGINT"], Array(Scalar.LONG)),
        ({"a": "BIGINT"}, Struct((Field("a", Scalar.LONG, False, ""),))),
        ({"2026-01-01": "BIGINT", "b": "BIGINT"}, Map(Scalar.STRING, Scalar.LONG)),
        (
            {"notSnake": "BIGINT", "b": "VARCHAR"},
            Struct(
                (
                    Field("not_snake", Scalar.LONG, False, "", physical_name="notSnake"),
                    Field("b", Scalar.STRING, False, ""),
                )
            ),
        ),
        ({"1": "BIGINT", "b": "VARCHAR"}, Scalar.STRING),
        ({f"key_{number}": "DOUBLE" for number in range(41)}, Map(Scalar.STRING, Scalar.DOUBLE)),
    ],
)
def test_nested_type_is_the_closest_that_a_table_can_hold_when_json_has_a_structure(
    structure: Any, expected: Type
) -> None:
    assert nested_type(structure) == expected


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        (Scalar.TIMESTAMPTZ, {"logicalType": "timestamp", "physicalType": "timestamptz"}),
        (Decimal(12, 2), {"logicalType": "number", "physicalType": "decimal(12, 2)"}),
        (Array(Scalar.LONG), {"logicalType": "array", "physicalType": "list", "items": LONG}),
        (
            Map(Scalar.STRING, Scalar.LONG),
            {"logicalType": "map", "physicalType": "map", "map": {"key": TEXT, "value": LONG}},
        ),
        (
            Struct((Field("a", Scalar.LONG, False, ""),)),
            {"logicalType": "object", "physicalType": "struct", "properties": [{"name": "a", **LONG}]},
        ),
        (
            Struct((Field("a", Scalar.LONG, False, "", physical_name="A b"),)),
            {
                "logicalType": "object",
                "physicalType": "struct",
                "properties": [{"name": "a", "physicalName": "A b", **LONG}],
            },
        ),
    ],
)
def test_type_is_written_as_the_standard_does_when_it_is_drafted(kind: Type, keys: dict[str, Any]) -> None:
    assert type_keys(kind) == keys
    assert yaml.safe_load(yaml.safe_dump(type_keys(kind))) == keys


@pytest.mark.parametrize("kind", list(Scalar))
def test_every_scalar_has_a_logical_type_when_it_is_written(kind: Scalar) -> None:
    assert type_keys(kind)["physicalType"] == kind.value


def test_map_is_found_when_it_is_inside_another_type() -> None:
    inner = Map(Scalar.STRING, Scalar.LONG)
    assert has_map(Array(Struct((Field("a", inner, False, ""),))))
    assert not has_map(Array(Struct((Field("a", Scalar.LONG, False, ""),))))
