from typing import Any

import pytest
from pyiceberg.exceptions import ResolveError

from local.patches.glue import iceberg_metadata

FIELDS = [(1, "id", "long", True), (2, "n", "int", False), (3, "at", "timestamptz", False)]
LOCATION = "s3://lake/t"
ORDER = {"OrderId": 1, "Fields": [{"SourceId": 1, "Transform": "identity", "Direction": "asc", "NullOrder": "nulls-first"}]}  # fmt: skip  # noqa: E501


def schema(fields: list[tuple[int, str, Any, bool]]) -> dict[str, Any]:
    return {"Fields": [{"Id": i, "Name": n, "Type": t, "Required": r} for i, n, t, r in fields]}


@pytest.fixture
def table() -> Any:
    given = {"Location": f"{LOCATION}/", "Schema": schema(FIELDS), "Properties": {"a": "1"}}
    return iceberg_metadata.create(given, "2")


def change(table: Any, **more: Any) -> Any:
    given = {"Schema": schema(FIELDS), "Location": LOCATION, **more}
    return iceberg_metadata.update(table, [given], f"{LOCATION}/metadata/00000-x.metadata.json")


def test_create_assigns_ids_afresh_when_given_ids_have_gaps() -> None:
    nested = {"type": "struct", "fields": [{"id": 50, "name": "x", "type": "string", "required": False}]}
    given = {"Location": LOCATION, "Schema": schema([(10, "a", nested, False), (20, "b", "int", False)])}
    made = iceberg_metadata.create(given, "2").schema()
    assert [made.find_field(name).field_id for name in ("a", "b", "a.x")] == [1, 2, 3]


def test_create_refuses_a_type_when_the_format_version_lacks_it() -> None:
    given = {"Location": LOCATION, "Schema": schema([(1, "a", "timestamp_ns", False)])}
    with pytest.raises(ValueError, match="timestamp_ns"):
        iceberg_metadata.create(given, "2")


def test_update_adds_but_does_not_use_a_schema_when_the_action_is_add(table: Any) -> None:
    after = change(table, Action="add-schema", Schema=schema([*FIELDS, (4, "new", "string", False)]))
    assert (len(after.schemas), after.current_schema_id) == (2, 0)


def test_update_returns_to_a_known_schema_when_it_is_asked_for_again(table: Any) -> None:
    grown = change(table, Schema=schema([*FIELDS, (4, "new", "string", False)]))
    assert change(grown).current_schema_id == 0


def test_update_removes_properties_when_the_action_says_so(table: Any) -> None:
    after = change(table, Action="remove-properties", Properties={"a": "", "unknown": ""})
    assert after.properties == {}


def test_update_sorts_writes_when_given_an_order(table: Any) -> None:
    after = change(table, SortOrder=ORDER)
    assert [field.source_id for field in after.sort_order().fields] == [1]


def test_update_moves_the_table_when_given_a_location(table: Any) -> None:
    assert change(table, Location="s3://lake/other/").location == "s3://lake/other"


def test_update_logs_the_former_metadata_when_something_changes(table: Any) -> None:
    after = change(table, Properties={"b": "2"})
    assert [entry.metadata_file for entry in after.metadata_log] == [
        f"{LOCATION}/metadata/00000-x.metadata.json"
    ]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ([(1, "id", "string", True), *FIELDS[1:]], ResolveError),
        ([FIELDS[0], (2, "n", "int", True), FIELDS[2]], ValueError),
        ([*FIELDS, (4, "new", "string", True)], ValueError),
        ([FIELDS[0], (2, "n", {"type": "list", "element-id": 9, "element": "int", "element-required": False}, False)], ResolveError),  # noqa: E501
    ],
    ids=["type", "nullability", "required", "nested"],
)  # fmt: skip
def test_update_refuses_when_iceberg_forbids(table: Any, fields: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        change(table, Schema=schema(fields))


def test_update_refuses_encryption_keys(table: Any) -> None:
    with pytest.raises(ValueError, match="not emulated"):
        change(table, Action="add-encryption-key")
