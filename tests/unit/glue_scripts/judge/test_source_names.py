"""What sources call columns: any name, in every format, nested too, whatever its case."""

from typing import Any

import pyarrow as pa
import pytest
from lakehouse_etl.contract.model import Dataset

from tests.unit.glue_scripts.judge.parquet.files import parquet
from tests.unit.glue_scripts.judge.subjects import dataset, lines, verdicts

NAMES = [
    "Customer ID",
    "_id",
    "Größe (cm)",
    'says "so"',
    "a,b",
    "two\nlines",
    "\\",
    "ingest_date",
    "2026",
    "Ünïcode",
]
MEMBER = {
    "type": "struct",
    "fields": [
        {"name": "inner_id", "type": "int", "required": True, "physical-name": "Inner ID"},
        {"name": "plain", "type": "int", "required": False},
    ],
}
FORMATS = ["json", "csv", "parquet"]


def _subject(name: str, kind: str, **options: Any) -> Dataset:
    rules = {"id": {"required": True, "physical_name": name}}
    return dataset({"id": "string", "note": "string"}, rules, {"format": kind}, **options)


def _object(kind: str, columns: dict[str, list[Any]]) -> bytes:
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    if kind == "json":
        return lines(*rows)
    if kind == "parquet":
        return parquet(columns)
    cells = [list(columns), *zip(*columns.values(), strict=True)]
    return "".join(
        ",".join('"' + str(cell).replace('"', '""') + '"' for cell in row) + "\n" for row in cells
    ).encode()


@pytest.mark.parametrize("records", [1, 100], ids=["one by one", "at once"])
@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", NAMES)
def test_column_is_found_by_what_its_source_calls_it(name: str, kind: str, records: int) -> None:
    found = verdicts(_subject(name, kind), _object(kind, {name: ["a"] * records, "note": ["b"] * records}))
    assert [(row["id"], row["note"]) for row in found.rows] == [("a", "b")] * records


@pytest.mark.parametrize("records", [1, 100], ids=["one by one", "at once"])
@pytest.mark.parametrize("kind", FORMATS)
def test_name_in_the_source_may_come_in_any_case(kind: str, records: int) -> None:
    content = _object(kind, {"CUSTOMER id": ["a"] * records, "Note": ["b"] * records})
    found = verdicts(_subject("Customer ID", kind), content)
    assert [(row["id"], row["note"]) for row in found.rows] == [("a", "b")] * records


@pytest.mark.parametrize("records", [1, 100], ids=["one by one", "at once"])
@pytest.mark.parametrize("kind", FORMATS)
def test_name_of_the_contract_is_unknown_where_the_source_has_another(kind: str, records: int) -> None:
    subject = dataset(
        {"id": "string", "note": "string"},
        {"note": {"physical_name": "Remark"}},
        {"format": kind},
        unknown_fields="rescue",
    )
    found = verdicts(subject, _object(kind, {"id": ["a"] * records, "note": ["b"] * records}))
    assert [(row["note"], row["_rescued"]) for row in found.rows] == [(None, '{"note":"b"}')] * records


@pytest.mark.parametrize("records", [1, 100], ids=["one by one", "at once"])
@pytest.mark.parametrize("kind", FORMATS)
def test_names_of_two_columns_may_be_exchanged(kind: str, records: int) -> None:
    subject = dataset(
        {"id": "string", "note": "string"},
        {"id": {"physical_name": "note"}, "note": {"physical_name": "id"}},
        {"format": kind},
    )
    found = verdicts(subject, _object(kind, {"id": ["a"] * records, "note": ["b"] * records}))
    assert [(row["id"], row["note"]) for row in found.rows] == [("b", "a")] * records


@pytest.mark.parametrize(("kind", "where"), [("csv", "header"), ("parquet", "schema")])
def test_column_that_is_missing_is_told_by_both_of_its_names(kind: str, where: str) -> None:
    found = verdicts(_subject("Customer ID", kind), _object(kind, {"note": ["b"]}))
    assert found.rejected[-1].breach.rule == f"missing_column: id: expected as Customer ID in the {where}"
    assert set(found.reasons) == {"missing_column"}


@pytest.mark.parametrize("header", [b" Customer ID ,note", b"Customer ID,note"])
@pytest.mark.parametrize("name", ["Customer ID", " Customer ID "])
def test_blanks_around_a_name_of_a_header_count_for_nothing(name: str, header: bytes) -> None:
    [row] = verdicts(_subject(name, "csv"), header + b"\na,b\n").rows
    assert row["id"] == "a"


@pytest.mark.parametrize("records", [1, 100], ids=["one by one", "at once"])
@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        ({"Inner ID": 1, "plain": 2}, {"inner_id": 1, "plain": 2}),
        ({"inner id": 1}, {"inner_id": 1, "plain": None}),
        ({"inner_id": 1}, "unknown_field"),
        ({"plain": 1}, "missing_required"),
        ({"Inner ID": 1, "inner_id": 1}, "unknown_field"),
        ({"INNER ID": 1, "inner ID": 1}, "repeated_key"),
    ],
)
def test_member_of_a_struct_is_found_by_what_its_source_calls_it(
    value: dict[str, int], outcome: Any, records: int
) -> None:
    subject = dataset({"id": "string", "deep": {"type": "list", "element": MEMBER}}, unknown_fields="reject")
    found = verdicts(subject, lines(*[{"id": "a", "deep": [value]}] * records))
    assert ([row["deep"][0] for row in found.rows] or found.reasons) == [outcome] * records


def test_member_of_a_struct_of_parquet_is_found_by_what_its_source_calls_it() -> None:
    subject = dataset({"id": "string", "deep": MEMBER}, bronze={"format": "parquet"})
    deep = pa.array(
        [{"inner ID": 1, "inner_id": 9}], pa.struct([("inner ID", pa.int32()), ("inner_id", pa.int32())])
    )
    [row] = verdicts(subject, parquet({"id": ["a"], "deep": deep})).rows
    assert row["deep"] == {"inner_id": 1, "plain": None}
    strict = dataset({"id": "string", "deep": MEMBER}, bronze={"format": "parquet"}, unknown_fields="reject")
    assert verdicts(strict, parquet({"id": ["a"], "deep": deep})).reasons == ["unknown_field"]


def test_key_before_an_update_is_called_as_the_source_calls_the_key() -> None:
    changes = {
        "operation": "Op",
        "changed_at": "at",
        "sequence": "seq",
        "before": "_before_",
        "deleted_table": "s.d",
    }
    subject = dataset(
        {"id": "string"},
        {"id": {"required": True, "physical_name": "ID No"}},
        {"format": "parquet"},
        changes=changes,
    )
    told = {"Op": ["U"], "at": ["2026-01-31 10:00:00"], "seq": ["1" * 35]}
    [row] = verdicts(subject, parquet({**told, "ID No": ["b"], "_before_ID No": ["a"]})).rows
    assert (row["id"], row["_before_id"]) == ("b", "a")
