"""What producers may send, tried with the validator that they would use."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from lakehouse.model.dataset import Dataset, Format, Ingestion, Mode, UnknownFields
from lakehouse.model.fields import Array, Decimal, Field, Map, Scalar, Struct, Type
from lakehouse.targets.json_schema import json_schema
from tests.unit.lakehouse.columns import column, with_columns
from tests.unit.lakehouse.datasets import ORDERS

SCALARS: dict[Scalar, st.SearchStrategy[Any]] = {
    Scalar.BOOLEAN: st.booleans(),
    Scalar.INT: st.integers(-(2**31), 2**31 - 1),
    Scalar.LONG: st.integers(-(2**63), 2**63 - 1),
    Scalar.FLOAT: st.floats(-(2.0**100), 2.0**100, width=32),
    Scalar.DOUBLE: st.floats(allow_nan=False, allow_infinity=False),
    Scalar.DATE: st.dates().map(str),
    Scalar.TIMESTAMP: st.datetimes().map(lambda at: at.isoformat()),
    Scalar.TIMESTAMPTZ: st.datetimes().map(lambda at: at.isoformat() + "+01:00"),
    Scalar.STRING: st.text(),
    Scalar.BINARY: st.sampled_from(["", "YQ==", "YWI=", "YWJj"]),
}


def values(kind: Type) -> st.SearchStrategy[Any]:
    match kind:
        case Scalar():
            return SCALARS[kind]
        case Decimal(precision, scale):
            digits = st.integers(0, 10**precision - 1).map(lambda number: f"{number:0{scale + 1}}")
            number = digits.map(
                lambda text: f"{text[: len(text) - scale]}.{text[len(text) - scale :]}".rstrip(".")
            )
            number = st.one_of(number, number.map("-".__add__))
            return number if precision > 15 else st.one_of(number, number.map(float))
        case Array(element):
            return st.lists(st.none() | values(element), max_size=3)
        case Map(_, value):
            return st.dictionaries(st.text(), st.none() | values(value), max_size=3)
        case Struct(members):
            return records(members)


def records(fields: tuple[Field, ...]) -> st.SearchStrategy[dict[str, Any]]:
    needed = {field.name: values(field.type) for field in fields if field.required}
    others = {field.name: st.none() | values(field.type) for field in fields if not field.required}
    return st.fixed_dictionaries(needed, optional=others)


TYPES = st.recursive(
    st.sampled_from([*Scalar, Decimal(5, 2), Decimal(4, 4), Decimal(9, 0), Decimal(38, 9)]),
    lambda inner: st.one_of(
        inner.map(Array),
        inner.map(lambda kind: Map(Scalar.STRING, kind)),
        inner.map(lambda kind: Struct((Field("a", kind, True, ""), Field("b", kind, False, "")))),
    ),
    max_leaves=3,
)
FIELDS = st.lists(st.tuples(TYPES, st.booleans()), max_size=4).map(
    lambda some: tuple(Field(f"c{at}", kind, need, "A.") for at, (kind, need) in enumerate(some))
)


def refused(dataset: Dataset, **record: Any) -> list[str]:
    schema = json_schema(dataset)
    Draft202012Validator.check_schema(schema)
    record = json.loads(json.dumps({"order_id": 1, **record}))
    return [
        error.message for error in Draft202012Validator(json.loads(json.dumps(schema))).iter_errors(record)
    ]


@given(FIELDS.flatmap(lambda fields: st.tuples(st.just(fields), records(fields))))
def test_record_satisfies_the_schema_when_it_is_of_the_contract(
    case: tuple[tuple[Field, ...], dict[str, Any]],
) -> None:
    fields, record = case
    assert refused(with_columns(*fields), **record) == []


@pytest.mark.parametrize(
    ("field", "kept", "broken"),
    [
        (column(Scalar.INT), 2**31 - 1, 2**31),
        (column(Scalar.INT), 5, "5"),
        (column(Scalar.LONG), -(2**63), -(2**63) - 1),
        (column(Scalar.BOOLEAN), True, "yes"),
        (column(Scalar.FLOAT), 1e38, 1e39),
        (column(Scalar.DOUBLE), 5, "5"),
        (column(Scalar.DATE), "2026-01-31", "31.01.2026"),
        (column(Scalar.TIMESTAMP), "2026-01-31 09:30:00.5", "2026-01-31T09:30:00Z"),
        (column(Scalar.TIMESTAMPTZ), "2026-01-31T09:30:00.123456789+01:00", "2026-01-31T09:30:00"),
        (column(Scalar.TIMESTAMPTZ), "2026-01-31 09:30:00+0100", "2026-01-31"),
        (column(Scalar.BINARY), "YQ==", "Y-_="),
        (column(Decimal(5, 2)), "-999.99", "1000.00"),
        (column(Decimal(5, 2)), 999.99, 1000),
        (column(Decimal(5, 2)), "1.5", "1.555"),
        (column(Decimal(5, 5)), "0.12345", "1.1"),
        (column(Decimal(5, 0)), "12345", "1.0"),
        (column(Decimal(5, 2), minimum=0), 0, -0.01),
        (column(Scalar.INT, minimum=1, exclusive_maximum=5), 4, 5),
        (column(Scalar.INT, exclusive_minimum=1, maximum=5), 5, 1),
        (column(Scalar.INT, minimum=-(10**12)), 0, -(10**11)),
        (column(allowed=("a", "b")), "a", "c"),
        (column(pattern="b+"), "abc", "ac"),
        (column(min_length=2, max_length=3), "é€😀", "abcd"),
        (column(Array(Scalar.INT), min_length=1, max_length=2), [1, None], []),
        (column(Array(Scalar.INT)), [], ["1"]),
        (column(Map(Scalar.STRING, Scalar.DATE)), {"a": None}, {"a": "today"}),
        (column(Struct((Field("a", Scalar.INT, True, ""),))), {"a": 1, "b": 2}, {"b": 2}),
    ],
)
def test_value_is_refused_when_it_breaks_its_type_or_rule(field: Field, kept: Any, broken: Any) -> None:
    assert refused(with_columns(field), c=kept) == []
    assert refused(with_columns(field), c=broken)
    assert refused(with_columns(field), c=None)
    assert refused(with_columns(field)) == ["'c' is a required property"]
    optional = with_columns(replace(field, required=False))
    assert refused(optional, c=kept) == refused(optional, c=None) == refused(optional) == []
    assert refused(optional, c=broken)


@pytest.mark.parametrize(
    ("policy", "problems"), [(UnknownFields.IGNORE, 0), (UnknownFields.RESCUE, 0), (UnknownFields.REJECT, 1)]
)
def test_unknown_field_is_refused_when_the_contract_rejects_it(policy: UnknownFields, problems: int) -> None:
    ingestion = Ingestion(Mode.STREAM, Format.JSON, unknown_fields=policy)
    assert len(refused(replace(with_columns(), ingestion=ingestion), other=1)) == problems


def test_schema_is_that_of_the_record_before_masking_when_a_column_is_redacted() -> None:
    schema = json_schema(ORDERS)
    assert schema["properties"]["email"] == {"description": "Whom to tell.", "type": "string"}
    assert "email" in schema["required"]
    assert (schema["title"], schema["description"]) == ("shop/orders", "Every order.")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Scalar.STRING, "5", "5"),
        (Scalar.INT, "5", 5),
        (Scalar.BOOLEAN, "true", True),
        (Decimal(4, 2), "1.5", 1.5),
        (Array(Scalar.STRING), '["a"]', ["a"]),
        (Scalar.INT, "five", "five"),
    ],
)
def test_example_has_the_type_of_its_column_when_the_contract_has_one(
    kind: Type, text: str, value: Any
) -> None:
    (field,) = with_columns(replace(column(kind), examples=(text,))).fields[1:]
    assert json_schema(with_columns(field))["properties"]["c"]["examples"] == [value]
