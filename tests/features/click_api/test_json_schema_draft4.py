"""What an API lets through: the same records as the schema for producers, in the dialect of API Gateway."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft202012Validator

from lakehouse.model.dataset import Dataset, Format, Ingestion, Mode, UnknownFields
from lakehouse.model.fields import Array, Decimal, Field, Map, Scalar, Struct, Type
from lakehouse.targets.json_schema import json_schema
from local.feed.generated import generate
from stacks.features.click_api.json_schema_draft4 import draft4_schema
from tests.unit.lakehouse.columns import column, with_columns
from tests.unit.lakehouse.compatibility.contract_changes import datasets
from tests.unit.lakehouse.targets.test_json_schema import FIELDS

FRACTIONS = st.floats(-(10.0**6), 10.0**6).filter(lambda number: not number.is_integer())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | FRACTIONS | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=3,
)


SCALARS: dict[Scalar, st.SearchStrategy[Any]] = {
    Scalar.BOOLEAN: st.booleans(),
    Scalar.INT: st.integers(-(2**31), 2**31 - 1),
    Scalar.LONG: st.integers(-(2**63), 2**63 - 1),
    Scalar.FLOAT: st.floats(-(2.0**100), 2.0**100, width=32),
    Scalar.DOUBLE: st.floats(allow_nan=False, allow_infinity=False),
    Scalar.DATE: st.dates().map(str),
    Scalar.TIMESTAMP: st.datetimes().map(lambda at: at.isoformat()),
    Scalar.TIMESTAMPTZ: st.datetimes().map(lambda at: at.isoformat() + "+01:00"),
    Scalar.STRING: st.text(max_size=9),
    Scalar.BINARY: st.sampled_from(["", "YQ==", "YWI=", "YWJj"]),
}


def fitting(fields: tuple[Field, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Records that fit columns of these types."""
    needed = {field.source_name: _fitting(field.type) for field in fields if field.required}
    others = {field.source_name: st.none() | _fitting(field.type) for field in fields if not field.required}
    return st.fixed_dictionaries(needed, optional=others)


def _fitting(kind: Type) -> st.SearchStrategy[Any]:
    match kind:
        case Scalar():
            return SCALARS[kind]
        case Decimal(precision, scale):
            return st.integers(0, 10 ** (precision - scale) - 1) | st.just(0.0)
        case Array(element):
            return st.lists(st.none() | _fitting(element), max_size=2)
        case Map(_, value):
            return st.dictionaries(st.text(max_size=3), st.none() | _fitting(value), max_size=2)
        case Struct(members):
            return fitting(members)


def taken(dataset: Dataset, record: Any) -> bool:
    schema = json.loads(json.dumps(draft4_schema(dataset)))
    Draft4Validator.check_schema(schema)
    return bool(Draft4Validator(schema).is_valid(json.loads(json.dumps(record))))


def valid(dataset: Dataset, record: Any) -> bool:
    return bool(Draft202012Validator(json_schema(dataset)).is_valid(json.loads(json.dumps(record))))


@given(FIELDS.flatmap(lambda fields: st.tuples(st.just(fields), fitting(fields))))
def test_record_is_taken_when_it_is_of_the_contract(case: tuple[tuple[Field, ...], dict[str, Any]]) -> None:
    fields, record = case
    assert taken(with_columns(*fields), {"order_id": 1, **record})


@given(FIELDS, st.data())
def test_record_is_judged_as_producers_are_told(fields: tuple[Field, ...], data: st.DataObject) -> None:
    names = [field.name for field in fields]
    record = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(["order_id", *names], JSON)) | JSON)
    dataset = with_columns(*fields)
    assert taken(dataset, record) == valid(dataset, record)


@given(datasets(), st.data())
def test_schema_is_one_of_draft_4_whatever_rules_a_contract_has(
    dataset: Dataset, data: st.DataObject
) -> None:
    record = data.draw(st.dictionaries(st.sampled_from([each.name for each in dataset.fields]), JSON))
    assert taken(dataset, record) == valid(dataset, record)


@pytest.mark.parametrize(
    "field",
    [
        column(Scalar.INT, minimum=1, exclusive_maximum=5),
        column(Decimal(5, 2), exclusive_minimum=0),
        column(allowed=("a", "b", "a")),
        column(Array(Scalar.DATE), min_length=1),
        column(Map(Scalar.STRING, Decimal(9, 0))),
        column(Struct((Field("format", Scalar.STRING, True, ""), Field("title", Scalar.LONG, False, "")))),
    ],
)
def test_generated_records_are_taken_and_their_faults_refused(field: Field) -> None:
    dataset = with_columns(field, replace(field, name="maybe", required=False))
    samples = generate(replace(dataset, ingestion=Ingestion(Mode.STREAM, Format.JSON))).samples
    judged = [(sample.reason, taken(dataset, _parsed(sample.record))) for sample in samples]
    assert all(is_taken for reason, is_taken in judged if reason is None)
    assert not any(is_taken for reason, is_taken in judged if reason is not None)
    assert {reason is None for reason, _ in judged} == {True, False}


@pytest.mark.parametrize(
    ("field", "kept", "broken"),
    [
        (column(Scalar.LONG), 2**63 - 1, 2**63),
        (column(Scalar.INT, exclusive_minimum=1), 2, 1),
        (column(Scalar.INT, minimum=3, exclusive_minimum=1), 3, 2),
        (column(Scalar.INT, minimum=1, exclusive_minimum=1), 2, 1),
        (column(Scalar.TIMESTAMPTZ), "2026-01-31 09:30:00.123456789+0100", "2026-01-31"),
        (column(pattern="^b+$"), "bb", "a"),
    ],
)
def test_value_is_refused_when_it_breaks_its_type_or_rule(field: Field, kept: Any, broken: Any) -> None:
    dataset = with_columns(field)
    assert taken(dataset, {"order_id": 1, "c": kept})
    assert not taken(dataset, {"order_id": 1, "c": broken})


@pytest.mark.parametrize("pattern", ["(?i)b", "(?P<x>b)", r"\Ab\Z", "b++", r"\p{Alpha}"])
def test_pattern_is_left_to_the_job_when_validators_of_draft_4_cannot_read_it(pattern: str) -> None:
    assert "pattern" not in draft4_schema(with_columns(column(pattern=pattern)))["properties"]["c"]


@pytest.mark.parametrize("pattern", ["^(?:a|b)$", "a(?=b)", "[a-z]{2,3}", r"^\d+\.\w*?$"])
def test_pattern_is_checked_when_every_validator_can_read_it(pattern: str) -> None:
    assert draft4_schema(with_columns(column(pattern=pattern)))["properties"]["c"]["pattern"] == pattern


def test_unknown_field_is_refused_when_the_contract_rejects_it() -> None:
    strict = Ingestion(Mode.STREAM, Format.JSON, unknown_fields=UnknownFields.REJECT)
    assert taken(with_columns(), {"order_id": 1, "other": 1})
    assert not taken(replace(with_columns(), ingestion=strict), {"order_id": 1, "other": 1})


def test_what_only_people_read_is_left_out() -> None:
    described = replace(column(Scalar.DATE), examples=("2026-01-31",))
    assert set(draft4_schema(with_columns(described))) == {"$schema", "type", "properties", "required"}
    assert set(draft4_schema(with_columns(described))["properties"]["c"]) == {"type", "pattern"}


def _parsed(record: bytes) -> Any:
    try:
        return json.loads(record)
    except ValueError:
        return None
