from typing import Any

import pytest
from iceberg_tables.schema import merge
from shared.errors import TerminalError

Json = dict[str, Any]


def field(number: int, name: str, kind: Any = "string", *, required: bool = False, **more: Any) -> Json:
    return {"id": number, "name": name, "required": required, "type": kind, **more}


def schema(*fields: Json, key: tuple[int, ...] = ()) -> Json:
    return {"type": "struct", "identifier-field-ids": list(key), "fields": list(fields)}


def table(*history: Json, last: int = 10) -> Json:
    """Metadata of a table that had these schemas, the last one current."""
    schemas = [{**one, "schema-id": number} for number, one in enumerate(history)]
    return {"schemas": schemas, "current-schema-id": len(schemas) - 1, "last-column-id": last}


def struct(*fields: Json) -> Json:
    return {"type": "struct", "fields": list(fields)}


def array(number: int, element: Any, *, required: bool = False) -> Json:
    return {"type": "list", "element-id": number, "element": element, "element-required": required}


def mapping(key: int, value: int, kind: Any, *, key_kind: Any = "string") -> Json:
    numbers = {"key-id": key, "value-id": value}
    return {"type": "map", **numbers, "key": key_kind, "value": kind, "value-required": False}


def refusal(metadata: Json, wanted: Json) -> str:
    with pytest.raises(TerminalError) as caught:
        merge(metadata, wanted)
    return str(caught.value)


def test_schema_stays_when_nothing_changed() -> None:
    current = schema(field(4, "a", "long", required=True, doc="A"), field(7, "b"), key=(4,))
    merged = merge(
        table(current), schema(field(1, "a", "long", required=True, doc="A"), field(2, "b"), key=(1,))
    )
    assert merged.fields == current["fields"]
    assert merged.identifiers == [4]


def test_schema_gets_new_columns_with_fresh_ids_at_its_end_when_the_contract_has_more() -> None:
    merged = merge(table(schema(field(4, "b")), last=9), schema(field(1, "a"), field(2, "b"), field(3, "c")))
    assert merged.fields == [field(4, "b"), field(10, "a"), field(11, "c")]


def test_schema_gets_fresh_nested_ids_when_a_new_column_is_nested() -> None:
    point = struct(field(3, "x", "double", required=True), field(4, "tags", array(5, mapping(6, 7, "int"))))
    merged = merge(table(schema(field(1, "a")), last=20), schema(field(1, "a"), field(2, "point", point)))
    fresh = struct(
        field(22, "x", "double", required=True), field(23, "tags", array(24, mapping(25, 26, "int")))
    )
    assert merged.fields[1] == field(21, "point", fresh)


def test_schema_gets_new_members_when_a_nested_struct_grows() -> None:
    before = field(1, "lines", array(2, struct(field(3, "sku"), field(4, "gone", required=True))))
    wanted = field(1, "lines", array(2, struct(field(3, "count", "int"), field(4, "sku", doc="unit"))))
    merged = merge(table(schema(before), last=4), schema(wanted))
    grown = struct(field(3, "sku", doc="unit"), field(4, "gone"), field(5, "count", "int"))
    assert merged.fields == [field(1, "lines", array(2, grown))]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("int", "long"),
        ("float", "double"),
        ("decimal(8, 2)", "decimal(10, 2)"),
        ("decimal(8,2)", "decimal(9, 2)"),
    ],
)
def test_schema_widens_when_the_contract_has_the_wider_type(before: str, after: str) -> None:
    nested = array(3, before)
    merged = merge(
        table(schema(field(1, "a", before, required=True), field(2, "b", nested))),
        schema(field(1, "a", after, required=True), field(2, "b", array(3, after))),
    )
    assert [merged.fields[0]["type"], merged.fields[1]["type"]["element"]] == [after, after]
    assert merged.fields[0]["required"]


def test_schema_keeps_the_spelling_of_a_type_when_only_that_differs() -> None:
    merged = merge(table(schema(field(1, "a", "decimal(8,2)"))), schema(field(1, "a", "decimal(8, 2)")))
    assert merged.fields == [field(1, "a", "decimal(8,2)")]


def test_schema_keeps_a_column_as_optional_when_the_contract_drops_or_relaxes_it() -> None:
    current = schema(field(1, "a", required=True), field(2, "b", required=True), field(3, "c", doc="C"))
    merged = merge(table(current), schema(field(1, "b")))
    assert merged.fields == [field(1, "a"), field(2, "b"), field(3, "c", doc="C")]


def test_schema_relaxes_elements_and_values_when_the_contract_does() -> None:
    strict = {**mapping(4, 5, "int"), "value-required": True}
    merged = merge(
        table(schema(field(1, "a", array(2, "int", required=True)), field(3, "b", strict))),
        schema(field(1, "a", array(2, "int")), field(3, "b", mapping(4, 5, "int"))),
    )
    assert merged.fields == [field(1, "a", array(2, "int")), field(3, "b", mapping(4, 5, "int"))]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [("A", "B", {"doc": "B"}), (None, "B", {"doc": "B"}), ("A", None, {}), ("A", "", {}), (None, None, {})],
)
def test_schema_has_the_comment_of_the_contract_when_it_changes(
    before: str | None, after: str | None, expected: Json
) -> None:
    old: Json = {"doc": before} if before else {}
    new: Json = {} if after is None else {"doc": after}
    merged = merge(table(schema(field(1, "a", **old))), schema(field(1, "a", **new)))
    assert merged.fields == [field(1, "a", **expected)]


def test_schema_accepts_a_former_contract_when_the_table_has_outgrown_it() -> None:
    former = schema(
        field(1, "id", "int", required=True),
        field(2, "price", "decimal(8, 2)", required=True),
        field(3, "lines", array(4, struct(field(5, "count", "int", required=True)), required=True)),
        key=(1,),
    )
    latter = schema(
        field(1, "id", "long"),
        field(2, "price", "decimal(12, 2)"),
        field(3, "lines", array(4, struct(field(5, "count", "long"), field(6, "sku")))),
        field(7, "extra"),
    )
    merged = merge(table(former, latter), former)
    assert merged.fields == latter["fields"]
    assert merged.identifiers == []


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("long", "int", "long"),
        ("double", "float", "double"),
        ("int", "double", "int or long"),
        ("decimal(8, 2)", "decimal(7, 2)", "decimal(8, 2) or more digits of the same scale"),
        ("decimal(8, 2)", "decimal(10, 3)", "decimal(8, 2) or more digits of the same scale"),
        ("date", "timestamptz", "date"),
        ("timestamp", "timestamptz", "timestamp"),
        ("string", array(2, "string"), "string"),
        (struct(field(2, "x")), "string", "struct"),
        (struct(field(2, "x")), array(2, "string"), "struct"),
    ],
)
def test_schema_is_refused_when_a_type_changes_otherwise(before: Any, after: Any, allowed: str) -> None:
    message = refusal(table(schema(field(1, "total", before))), schema(field(1, "total", after)))
    got = after if isinstance(after, str) else after["type"]
    assert message.startswith(f"column total: got {got}; allowed: {allowed}; fix: ")


def test_schema_is_refused_when_the_key_of_a_map_changes() -> None:
    before = table(schema(field(1, "m", mapping(2, 3, "int", key_kind="int"))))
    message = refusal(before, schema(field(1, "m", mapping(2, 3, "int", key_kind="long"))))
    assert message.startswith("column m.key: got long; allowed: int")


def test_schema_stays_when_the_struct_key_of_a_map_has_only_other_ids() -> None:
    current = schema(field(1, "m", mapping(2, 3, "int", key_kind=struct(field(4, "id", doc="D")))))
    wanted = schema(field(1, "m", mapping(5, 6, "int", key_kind=struct(field(7, "id")))))
    assert merge(table(current), wanted).fields == current["fields"]


def test_schema_is_refused_when_a_new_or_an_optional_column_becomes_required() -> None:
    before = table(schema(field(1, "old"), field(2, "s", struct(field(3, "x")))))
    nested = struct(field(3, "x", required=True), field(4, "y", required=True))
    message = refusal(
        before, schema(field(1, "old", required=True), field(2, "s", nested), field(5, "new", required=True))
    )
    for column in ("old", "s.x", "s.y", "new"):
        assert f"column {column}: got" in message
    assert message.count("fix: set required to false in the contract") == 4


def test_schema_has_no_identifier_when_one_column_of_the_key_is_optional() -> None:
    current = schema(field(1, "a", required=True), field(2, "b"), key=(1,))
    strict = schema(field(1, "a", required=True), field(2, "b", required=True))
    wanted = schema(field(1, "a", required=True), field(2, "b", required=True), key=(1, 2))
    assert merge(table(strict, current), wanted).identifiers == []
    assert merge(table(strict), wanted).identifiers == [1, 2]


def test_schema_is_refused_when_optional_elements_or_values_become_required() -> None:
    before = table(schema(field(1, "a", array(2, "int")), field(3, "m", mapping(4, 5, "int"))))
    strict = {**mapping(4, 5, "int"), "value-required": True}
    message = refusal(before, schema(field(1, "a", array(2, "int", required=True)), field(3, "m", strict)))
    assert "column a.element: got required" in message
    assert "column m.value: got required" in message
