import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from lakehouse.model.dataset import Dataset
from lakehouse.model.fields import Array, Decimal, Field, Map, Scalar, Struct, Type
from lakehouse.model.masking import HASH, REDACT
from tests.unit.lakehouse.project import Project
from tests.unit.tools.lake.importing.documents import AVRO, DBT, JSON_SCHEMA

Import = Callable[..., dict[str, Dataset]]


@pytest.fixture
def adopt(run: Callable[..., Any], project: Project) -> Import:
    """Import a document, and return the datasets that come of it by name."""

    def call(name: str, text: str, *options: str) -> dict[str, Dataset]:
        path = project.root / name
        path.write_text(text, encoding="utf-8")
        result = run("import", str(path), "--domain", "shop", *options)
        assert result.exit_code == 0, result.output
        return {each.name: each for each in project.load().datasets}

    return call


def types(dataset: Dataset) -> Mapping[str, Type]:
    return {field.name: field.type for field in dataset.fields}


def test_json_schema_becomes_a_contract(adopt: Import) -> None:
    reading = adopt("reading.schema.json", json.dumps(JSON_SCHEMA), "--key", "id")["reading"]
    place = Struct(
        (Field("lat", Scalar.DOUBLE, False, ""), Field("lon", Scalar.DOUBLE, False, "", physical_name="Lon"))
    )
    assert types(reading) == {
        "id": Scalar.STRING,
        "taken_at": Scalar.TIMESTAMPTZ,
        "day": Scalar.DATE,
        "maybe": Scalar.STRING,
        "count": Scalar.LONG,
        "kind": Scalar.STRING,
        "place": place,
        "tags": Array(Scalar.STRING),
        "by_day": Map(Scalar.STRING, Scalar.LONG),
        "either": Scalar.STRING,
        "raw": Scalar.BINARY,
        "level": Scalar.LONG,
    }
    fields = {field.name: field for field in reading.fields}
    assert [name for name, field in fields.items() if field.required] == ["id", "taken_at"]
    assert (fields["taken_at"].physical_name, fields["id"].checks.pattern) == ("takenAt", "^[0-9a-f-]{36}$")
    assert (fields["kind"].checks.allowed, fields["count"].checks.minimum) == (("hot", "cold"), 0)
    assert fields["tags"].checks.max_length == 3
    assert reading.description == "One reading of a sensor."


def test_json_schema_says_what_it_could_not_take(run_json: Callable[..., Any], project: Project) -> None:
    path = project.root / "reading.json"
    path.write_text(json.dumps(JSON_SCHEMA))
    [told] = run_json("import", str(path), "--domain", "shop", "--key", "id")["contracts"]
    assert told["open"] == []
    assert told["not_taken"] == [
        "count.multipleOf: no job enforces it",
        "level.enum: [1, 2]; allowed: values of texts",
    ]
    checks = {each["column"]: each["check"] for each in told["checks"] if each["column"]}
    assert checks["either"] == "values of several schemas (oneOf); kept as its JSON text"
    assert checks["maybe"] == "maybe is always there and may be null, so not required"
    [reading] = project.load().datasets
    assert reading.key == ("id",)


def test_type_that_holds_itself_ends_as_text(adopt: Import) -> None:
    node = {"type": "object", "properties": {"id": {"type": "string"}, "next": {"$ref": "#/$defs/node"}}}
    schema = {**node, "title": "chain", "$defs": {"node": node}, "required": ["id"]}
    kind = types(adopt("chain.json", json.dumps(schema), "--key", "id")["chain"])["next"]
    depth = 0
    while isinstance(kind, Struct):
        kind, depth = kind.fields[1].type, depth + 1
    assert kind is Scalar.STRING
    assert depth > 1


def test_avro_schema_becomes_a_contract(adopt: Import) -> None:
    payment = adopt("payment.avsc", json.dumps(AVRO), "--key", "payment_id")["payment"]
    assert types(payment) == {
        "payment_id": Scalar.STRING,
        "amount": Decimal(12, 2),
        "paid_at": Scalar.TIMESTAMPTZ,
        "count": Scalar.INT,
        "state": Scalar.STRING,
        "last_state": Scalar.STRING,
        "parent": Struct((Field("up", Scalar.STRING, False, ""),)),
        "labels": Map(Scalar.STRING, Scalar.LONG),
        "mixed": Scalar.STRING,
    }
    fields = {field.name: field for field in payment.fields}
    assert fields["state"].checks.allowed == ("OPEN", "PAID")
    assert fields["last_state"].checks.allowed == ("OPEN", "PAID")
    assert [name for name, field in fields.items() if not field.required] == [
        "paid_at",
        "last_state",
        "parent",
    ]
    assert (fields["payment_id"].description, fields["paid_at"].physical_name) == ("Its number.", "paidAt")


def test_dbt_properties_become_contracts(adopt: Import) -> None:
    found = adopt("schema.yml", DBT)
    assert {name: each.key for name, each in found.items()} == {
        "fct_orders": ("order_id",),
        "dim_customers": ("customer_id",),
        "events": ("event_id",),
    }
    orders = found["fct_orders"]
    assert types(orders) == {"order_id": Scalar.LONG, "status": Scalar.STRING, "customer_id": Scalar.LONG}
    assert orders.fields[1].checks.allowed == ("open", "paid")
    [relationship] = orders.relationships
    assert (relationship.target, relationship.target_columns) == ("shop/dim_customers", ("customer_id",))
    assert orders.fields[0].description == "Its number."


def test_personal_columns_of_any_document_are_masked(adopt: Import) -> None:
    schema = {
        "title": "people",
        "properties": {"eMail": {"type": "string"}, "homePhone": {"type": "integer"}},
    }
    [people] = adopt("people.json", json.dumps(schema), "--key", "eMail").values()
    assert [(field.name, field.masking) for field in people.fields] == [
        ("e_mail", HASH),
        ("home_phone", REDACT),
    ]
