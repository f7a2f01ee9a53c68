"""What producers may send, tried with the validator that they would use."""

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal as Number
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError, validators
from lakehouse_etl.contract.manifest import decode
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.judge.judge import Judge
from lakehouse_etl.judge.part import Source

from lakehouse.model.dataset import Dataset, Format, Ingestion, Lake, Mode, UnknownFields
from lakehouse.model.fields import Array, Decimal, Field, Map, Scalar, Struct, Type
from lakehouse.targets import manifest
from lakehouse.targets.json_schema import json_schema
from tests.unit.lakehouse.columns import column, with_columns
from tests.unit.lakehouse.datasets import NAMING, ORDERS

TEXTS = (
    "", "a", "1", "-1.50", "1e3", "+.5", ".", "19.990", "2026-01-31", "2024-02-29", "2023-02-29",
    "0000-01-01", "2026-01-31T09:30:00Z", "2026-01-31 09:30", "2026-01-31t09:30:00.123456789+0130",
    "2026-01-31T24:00:00Z", "2026-01-31T09:30:60", "2026-01-31 09:30:00,5-18:00",
    "2026-01-31T09:30:00+18:01", "YQ==", "YWI=", "YWI", "Y===", "true", "31/01/2026", "2026-01-31\n",
)  # fmt: skip
CLOCK = "[Tt ][0-2][0-9]:[0-6][0-9](:[0-6][0-9]([.,][0-9]{1,10})?)?"
PARTS = {
    Scalar.DATE: "[12][0-9]{3}-[01][0-9]-[0-3][0-9]",
    Scalar.TIMESTAMP: f"20[0-9]{{2}}-0[0-9]-[0-3][0-9]{CLOCK}",
    Scalar.BINARY: "[A-Za-z+/]{0,8}={0,3}",
}
PARTS[Scalar.TIMESTAMPTZ] = PARTS[Scalar.TIMESTAMP] + r"([Zz]|[+-][012][0-9](:?[0-6][0-9])?)"


def numbers(kind: Decimal) -> st.SearchStrategy[str]:
    """Numbers as JSON writes them, and the texts of more of them: few fit the type by far."""
    whole = max(kind.precision - kind.scale, 0)
    return st.from_regex(
        rf"-?(0|[1-9][0-9]{{0,{whole}}})(\.[0-9]{{1,{kind.scale + 2}}})?", fullmatch=True, alphabet=ASCII
    )


ASCII = st.characters(max_codepoint=127)
EDGES = (2**31, 2**31 - 1, -(2**31) - 1, 2**63, 2**63 - 1, 10**38, 0.1, 1.0, 1e3, -0.0, 3.4e38, 3.5e38, 1e308)


def scalars(kind: Scalar) -> st.SearchStrategy[Any]:
    """Values of the JSON type that a schema names, right and wrong ones."""
    if kind is Scalar.BOOLEAN:
        return st.booleans()
    if kind in (Scalar.INT, Scalar.LONG, Scalar.FLOAT, Scalar.DOUBLE):
        floats = st.floats(allow_nan=False, allow_infinity=False)
        return st.sampled_from(EDGES) | st.integers(-(2**65), 2**65) | floats
    drawn = st.text() if kind is Scalar.STRING else st.from_regex(PARTS[kind], fullmatch=True, alphabet=ASCII)
    return drawn | st.sampled_from(TEXTS)


def values(kind: Type) -> st.SearchStrategy[Any]:
    """Values of the JSON types that a schema names, nested ones too."""
    match kind:
        case Scalar():
            return scalars(kind)
        case Decimal():
            return st.one_of(numbers(kind), numbers(kind).map(Number), st.integers(-(10**40), 10**40))
        case Array(element):
            return st.lists(st.none() | values(element), max_size=3)
        case Map(_, value):
            return st.dictionaries(st.text(max_size=3), st.none() | values(value), max_size=3)
        case Struct(members):
            return records(members)


def records(fields: tuple[Field, ...]) -> st.SearchStrategy[dict[str, Any]]:
    some = {field.source_name: st.none() | values(field.type) for field in fields}
    return st.fixed_dictionaries({}, optional=some)


TYPES = st.recursive(
    st.sampled_from([*Scalar, Decimal(5, 2), Decimal(4, 4), Decimal(9, 0), Decimal(38, 9)]),
    lambda inner: st.one_of(
        inner.map(Array),
        inner.map(lambda kind: Map(Scalar.STRING, kind)),
        inner.map(
            lambda kind: Struct(
                (Field("a", kind, True, ""), Field("b", kind, False, "", physical_name="B b"))
            )
        ),
    ),
    max_leaves=3,
)
FIELDS = st.lists(st.tuples(TYPES, st.booleans(), st.sampled_from([None, "C {}"])), max_size=3).map(
    lambda some: tuple(
        Field(f"c{at}", kind, need, "A.", physical_name=called and called.format(at))
        for at, (kind, need, called) in enumerate(some)
    )
)


def exact(validator: Any, step: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """`multipleOf` as the standard means it, which floating numbers cannot tell."""
    if (
        validator.is_type(instance, "number")
        and (Fraction(str(instance)) / Fraction(str(step))).denominator > 1
    ):
        yield ValidationError(f"{instance} is no multiple of {step}")


def is_integer(_checker: Any, value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float | Number) and value == int(value)


VALIDATOR = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {"multipleOf": exact},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", is_integer).redefine(
        "number", lambda _, value: not isinstance(value, bool) and isinstance(value, int | float | Number)
    ),
)


def written(kind: Scalar, text: str) -> Field:
    """Return the column `c`, whose source writes it in its own way."""
    return replace(column(kind), source_format=text)


def refused(dataset: Dataset, **record: Any) -> list[str]:
    schema = json_schema(dataset)
    Draft202012Validator.check_schema(schema)
    record = json.loads(json.dumps({"order_id": 1, **record}))
    found = VALIDATOR(json.loads(json.dumps(schema))).iter_errors(record)
    return [error.message for error in found]


def accepts(dataset: Dataset, record: bytes) -> bool:
    """Whether the job accepts a record."""
    document = manifest.compile_domain(Lake((dataset,)), dataset.domain, NAMING)
    [job] = decode(json.dumps(document).encode(), "test").datasets
    [part] = Judge(job, Keys(b"key")).judged(Source("a.json", record))
    return bool(part.rows.num_rows)


def dumped(value: Any) -> str:
    """JSON with the very digits of decimals."""
    match value:
        case Number():
            return f"{value:f}"
        case dict():
            return (
                "{" + ", ".join(f"{json.dumps(name)}: {dumped(each)}" for name, each in value.items()) + "}"
            )
        case list():
            return "[" + ", ".join(map(dumped, value)) + "]"
    return json.dumps(value)


@settings(max_examples=200)
@given(
    FIELDS.flatmap(lambda fields: st.tuples(st.just(fields), records(fields))),
    st.sampled_from(list(UnknownFields)),
    st.sampled_from([{}, {}, {"other": 1}]),
)
def test_schema_accepts_what_the_job_accepts_and_nothing_else(
    case: tuple[tuple[Field, ...], dict[str, Any]], policy: UnknownFields, others: dict[str, Any]
) -> None:
    fields, record = case
    dataset = replace(
        with_columns(*fields),
        ingestion=Ingestion(Mode.STREAM, Format.JSON, unknown_fields=policy),
        fields=(ORDERS.fields[0], *fields),
    )
    text = dumped({"order_id": 1, **record, **others})
    read = json.loads(text, parse_float=Number)
    found = list(
        VALIDATOR(json.loads(json.dumps(json_schema(dataset)), parse_float=Number)).iter_errors(read)
    )
    assert accepts(dataset, text.encode()) is not bool(found), (text, [error.message for error in found])


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
        (column(Scalar.DATE), "2024-02-29", "2023-02-29"),
        (column(Scalar.DATE), "2026-01-31", "2026-01-31\n"),
        (column(Scalar.DOUBLE), 1.7e308, 10**309),
        (column(Scalar.FLOAT), 3.4028235677973362e38, 3.4028235677973366e38),
        (column(Scalar.TIMESTAMPTZ), "2026-01-31t09:30z", "2026-01-31T24:00:00Z"),
        (column(Scalar.TIMESTAMPTZ), "2026-01-31 09:30:00+00", "2026-01-31T09:30:60Z"),
        (column(Scalar.BINARY), "YWI=", "YWI"),
        (written(Scalar.DATE, "dd/MM/yyyy"), "31/01/2026", "2026-01-31"),
        (written(Scalar.TIMESTAMPTZ, "epoch_second"), 1769851800, 253402300800),
        (column(Scalar.TIMESTAMP), "2026-01-31 09:30:00.5", "2026-01-31T09:30:00Z"),
        (column(Scalar.TIMESTAMPTZ), "2026-01-31T09:30:00.123456789+01:00", "2026-01-31T09:30:00"),
        (column(Scalar.TIMESTAMPTZ), "2026-01-31 09:30:00+0100", "2026-01-31"),
        (column(Scalar.BINARY), "YQ==", "Y-_="),
        (column(Decimal(5, 2)), "-999.99", "1000.00"),
        (column(Decimal(5, 2)), 999.99, 1000),
        (column(Decimal(5, 2)), "1.5", "1.555"),
        (column(Decimal(5, 5)), "0.12345", "1.1"),
        (column(Decimal(5, 0)), "12345", "1.5"),
        (column(Decimal(5, 0)), "1.0", "123456"),
        (column(Decimal(12, 2)), 19.75, 19.999),
        (column(Decimal(12, 2)), "19.990", "19.999"),
        (column(Decimal(5, 2), minimum=0), "+.5", "-.5"),
        (column(Decimal(5, 2), minimum=-1), "-.5", "."),
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
    told = "Whom to tell. The lake masks it before it is stored: redact."
    assert schema["properties"]["email"] == {"description": told, "type": "string"}
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
