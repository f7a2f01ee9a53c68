from dataclasses import replace

import pytest

from lakehouse.layout.streams import error_prefix, stream_name, transform_routes
from lakehouse.model.dataset import Dataset, Format, Ingestion, Lake, Mode, Transform, UnknownFields
from lakehouse.model.fields import Field, Scalar
from lakehouse.targets.json_schema import json_schema
from lakehouse.targets.manifest import compile_domain
from tests.unit.lakehouse.datasets import NAMING, ORDERS

INGESTION = Ingestion(Mode.STREAM, Format.JSON, stream="all", unknown_fields=UnknownFields.REJECT)
SHARED = replace(ORDERS, ingestion=INGESTION)
NAMED = replace(SHARED, fields=(*SHARED.fields, Field("dataset", Scalar.STRING, True, "Whose.")))


def test_routes_hold_what_the_function_needs_when_streams_are_shared() -> None:
    other = replace(
        ORDERS, domain="a", ingestion=replace(INGESTION, stream="b", transform=Transform.JSON_LINES)
    )
    sibling = replace(SHARED, name="another")
    assert transform_routes(Lake((SHARED, ORDERS, other, sibling)), NAMING) == {
        "lake-dev-shared-all": {
            "member": "dataset",
            "unpacks": False,
            "datasets": ["shop/another", "shop/orders"],
        },
        "lake-dev-shared-b": {"member": "dataset", "unpacks": True, "datasets": ["a/orders"]},
    }


@pytest.mark.parametrize(
    ("dataset", "name", "errors"),
    [
        (ORDERS, "lake-dev-shop-orders", "_errors/shop/orders/"),
        (SHARED, "lake-dev-shared-all", "_errors/shared/all/"),
    ],
)
def test_dataset_tells_where_its_records_go(dataset: Dataset, name: str, errors: str) -> None:
    assert (stream_name(dataset, NAMING), error_prefix(dataset)) == (name, errors)


@pytest.mark.parametrize(("dataset", "member"), [(ORDERS, None), (SHARED, "dataset"), (NAMED, None)])
def test_manifest_names_the_routing_member_when_the_contract_does_not(
    dataset: Dataset, member: str | None
) -> None:
    (compiled,) = compile_domain(Lake((dataset,)), "shop", NAMING)["datasets"]
    assert compiled["bronze"]["routing_member"] == member


def test_schema_demands_the_routing_member_when_the_stream_is_shared() -> None:
    schema = json_schema(SHARED)
    assert schema["properties"]["dataset"]["const"] == "shop/orders"
    assert "dataset" in schema["required"]
    assert schema["additionalProperties"] is False
    assert json_schema(NAMED)["properties"]["dataset"]["description"] == "Whose."
    assert "dataset" not in json_schema(ORDERS)["properties"]
