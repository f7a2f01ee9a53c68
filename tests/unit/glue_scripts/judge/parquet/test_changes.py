"""Files of changes: rows with operation, order and former key; which rules a delete or a load is spared."""

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakehouse_etl.contract.reasons import Breach

from tests.unit.glue_scripts.judge.parquet.files import judge_of, parquet, rejected_of, rows_of

CHANGES = {
    "operation": "Op", "changed_at": "_changed_at", "sequence": "_sequence", "before": "_before_",
    "deleted_table": "silver.t_deleted",
}  # fmt: skip
FIELDS = {"id": "string", "region": "int", "amount": "decimal(9, 2)", "note": "string"}
RULES: dict[str, dict[str, Any]] = {
    "id": {"required": True, "masking": "hash", "checks": {"max_length": 3}},
    "region": {"required": True},
    "amount": {"required": True, "checks": {"minimum": 0}},
    "note": {"checks": {"allowed": ["x"]}},
}
JUDGE = judge_of(FIELDS, RULES, key=["id", "region"], changes=CHANGES, unknown_fields="rescue")
SEQUENCE = "20260101080000000000000000000000001"
MOMENT = dt.datetime(2026, 1, 1, 8)


def change(operation: str | None = "I", **values: Any) -> dict[str, Any]:
    """One change as a file tells it."""
    return {
        "Op": operation, "_changed_at": MOMENT, "_sequence": SEQUENCE, "id": "a", "region": 1,
        "amount": "1.50", "note": None, "_before_id": None, "_before_region": None, **values,
    }  # fmt: skip


def written(*changes: dict[str, Any]) -> bytes:
    """A file of changes."""
    columns = {name: [each[name] for each in changes] for name in change()}
    return parquet({name: pa.array(values, pa.string()) if set(values) == {None} else values
                    for name, values in columns.items()})  # fmt: skip


def test_rows_tell_operation_and_order_and_the_former_key_is_masked_like_the_key() -> None:
    [row] = rows_of(JUDGE, written(change("U", id="b", _before_id="a", _before_region=1)))
    [other] = rows_of(JUDGE, written(change("I")))
    assert (row["Op"], row["_changed_at"], row["_sequence"]) == ("U", MOMENT, SEQUENCE)
    assert row["_before_id"] == other["id"] != "a"
    assert row["_before_region"] == 1
    assert row["_rescued"] is None
    assert JUDGE.schema.names == [
        "Op", "_changed_at", "_sequence", *FIELDS, "_before_id", "_before_region", "_record_hash", "_rescued",
    ]  # fmt: skip
    assert all(field.nullable for field in JUDGE.schema if field.name in ("amount", "note"))


BREAKS = [
    (change("X"), "not_allowed", "Op"),
    (change(None), "missing_required", "Op"),
    (change(_changed_at=None), "missing_required", "_changed_at"),
    (change(_sequence=None), "missing_required", "_sequence"),
    (change(_sequence="1"), "pattern_mismatch", "_sequence"),
    (change(amount=None), "missing_required", "amount"),
    (change("U", amount="-1"), "out_of_range", "amount"),
    (change("U", amount="x"), "wrong_type", "amount"),
    (change(note="y"), "not_allowed", "note"),
    (change(_before_id="abcd"), "bad_length", "_before_id"),
    (change("D", id=None), "missing_required", "id"),
    (change("D", id="abcd"), "bad_length", "id"),
    (change("D", region=None), "missing_required", "region"),
    (change("D", _sequence=None), "missing_required", "_sequence"),
    (change("D", _before_id="abcd"), "bad_length", "_before_id"),
]


@pytest.mark.parametrize(("row", "reason", "name"), BREAKS)
def test_change_is_rejected_when_a_rule_counts_for_it(row: dict[str, Any], reason: str, name: str) -> None:
    [rejected] = rejected_of(JUDGE, written(row, change()))
    assert rejected.position == 1
    assert (rejected.breach.reason, rejected.breach.detail.partition(":")[0]) == (reason, name)


SPARED = [
    change("D", amount=None),
    change("D", amount="-1", note="y"),
    change("D", amount="x"),
]


@pytest.mark.parametrize("row", SPARED)
def test_delete_needs_its_key_alone(row: dict[str, Any]) -> None:
    [found, _] = rows_of(JUDGE, written(row, change()))
    assert found["Op"] == "D"
    if row["amount"] in (None, "x"):
        assert found["amount"] is None


@pytest.mark.parametrize("sequence", [None, "", "1"])
def test_row_of_a_full_load_needs_no_sequence_and_no_other_does_without(sequence: str | None) -> None:
    content = written(change(_sequence=sequence), change())
    assert len(rows_of(JUDGE, content, "LOAD00000001-0123456789abcdef.parquet")) == 2
    assert len(rows_of(JUDGE, content, "LOADED.parquet")) == 1
    content = written(change(_sequence=sequence, amount=None), change(_sequence=sequence))
    [rejected] = rejected_of(JUDGE, content, "LOAD0000000A.parquet")
    assert rejected.breach.reason == "missing_required"


def test_file_without_the_columns_of_changes_is_rejected_by_their_names() -> None:
    content = parquet({"id": ["a"], "region": [1], "amount": ["1"]})
    [rejected] = rejected_of(JUDGE, content)
    assert rejected.breach == Breach("missing_column", "Op: expected in the schema")


ROWS = st.builds(
    change,
    st.sampled_from(["I", "U", "D", "X", None]),
    id=st.sampled_from(["a", "abcd", None]),
    region=st.sampled_from([1, None]),
    amount=st.sampled_from(["1.00", "-1", "x", None]),
    note=st.sampled_from(["x", "y", None]),
    _sequence=st.sampled_from([SEQUENCE, "1", None]),
)


@given(st.lists(ROWS, min_size=1, max_size=20), st.booleans())
def test_change_is_good_exactly_when_the_rules_that_count_are_kept(
    rows: list[dict[str, Any]], of_load: bool
) -> None:
    def good(row: dict[str, Any]) -> bool:
        rest = row["Op"] == "D" or (row["amount"] == "1.00" and row["note"] != "y")
        order = of_load or row["_sequence"] == SEQUENCE
        return row["Op"] in ("I", "U", "D") and row["id"] == "a" and row["region"] == 1 and rest and order

    name = "LOAD00000001.parquet" if of_load else "20260101-000000001.parquet"
    rejected = {each.position for each in rejected_of(JUDGE, written(*rows), name)}
    assert rejected == {at for at, row in enumerate(rows, 1) if not good(row)}
