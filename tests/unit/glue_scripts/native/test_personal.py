"""Personal data that records hold and no contract declares: told by column until somebody declares it."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lakehouse_etl.personal.findings import Finding
from lakehouse_etl.silver.outcome import RejectedError

from tests.unit.glue_scripts.native.bench import Bench, MakeBench

FIELDS = {"id": "string", "note": "string", "size": "int"}
MAIL = "write to ada@example.com"
RECORDS: list[dict[str, Any]] = [
    {"id": "a", "note": MAIL, "size": 1},
    {"id": "b", "note": "none", "size": 2, "extra": "DE89370400440532013000"},
]
NOTE = ("note", "e-mail addresses")
EXTRA = ("extra", "bank accounts")


def undeclared(found: tuple[Finding, ...]) -> set[tuple[str, str]]:
    """Columns and kinds."""
    return {(each.column, each.kind) for each in found}


def as_json(records: list[dict[str, Any]]) -> bytes:
    """Lines of JSON, one of which is damaged."""
    return b'{"note": \n' + b"".join(json.dumps(record).encode() + b"\n" for record in records)


def as_csv(records: list[dict[str, Any]]) -> bytes:
    """CSV whose header calls the columns in capitals."""
    text = io.StringIO()
    names = list(dict.fromkeys(name for record in records for name in record))
    writer = csv.writer(text)
    writer.writerows([[name.upper() if name != "extra" else name for name in names]])
    writer.writerows([[record.get(name, "") for name in names] for record in records])
    return text.getvalue().encode()


def as_parquet(records: list[dict[str, Any]]) -> bytes:
    """A Parquet file."""
    stored = io.BytesIO()
    names = dict.fromkeys(name for record in records for name in record)
    pq.write_table(pa.table({name: [record.get(name) for record in records] for name in names}), stored)
    return stored.getvalue()


@pytest.mark.parametrize("policy", ["ignore", "rescue"])
@pytest.mark.parametrize(
    ("kind", "written", "name"),
    [
        ("json", as_json, "o.json"),
        ("json", as_json, "o.json.gz"),
        ("csv", as_csv, "o.csv"),
        ("csv", as_csv, "o.csv.gz"),
        ("parquet", as_parquet, "o.parquet"),
    ],
)
def test_columns_and_fields_that_no_contract_names_are_told_of_in_each_format(
    make_native: MakeBench,
    kind: str,
    written: Callable[[list[dict[str, Any]]], bytes],
    name: str,
    policy: str,
) -> None:
    bench = make_native(FIELDS, bronze={"format": kind}, unknown_fields=policy)
    bench.put(written(RECORDS), name)
    found = bench.run().undeclared
    assert undeclared(found) == {NOTE, EXTRA}
    assert "ada@" not in repr(found)


def test_finding_is_a_row_of_the_results_without_the_value(make_native: MakeBench) -> None:
    bench = make_native(FIELDS)
    bench.put_json(*RECORDS)
    bench.run()
    told = [
        (row["rule"], row["severity"], row["outcome"], row["value"], row["threshold"])
        for row in bench.results("personal")
    ]
    assert told == [
        ("bank accounts in extra", "warning", "failed", 1.0, "declared, or none of 1 values"),
        ("e-mail addresses in note", "warning", "failed", 0.5, "declared, or none of 2 values"),
    ]
    assert "ada@" not in repr(bench.results())


DECLARED = [
    {"guarded": ["note"]},
    {"looks_like": {"note": ["e-mail addresses"]}},
]


@pytest.mark.parametrize("declared", DECLARED, ids=["classified", "said to be none"])
def test_finding_stays_until_the_contract_declares_it(make_native: MakeBench, declared: Any) -> None:
    bench = make_native(FIELDS)
    bench.put_json(RECORDS[0])
    assert undeclared(bench.run().undeclared) == {NOTE}
    bench.put_json({"id": "c", "note": "nothing", "size": 3})
    for _ in range(2):
        assert undeclared(bench.run().undeclared) == {NOTE}
    assert undeclared(_idle(bench)) == {NOTE}
    bench.contract(personal=declared)
    assert _idle(bench) == bench.run().undeclared == ()
    bench.put_json({**RECORDS[0], "id": "d"})
    assert bench.run().undeclared == ()
    assert [row["outcome"] for row in bench.results("personal")] == ["failed", "passed"]


def _idle(bench: Bench) -> tuple[Finding, ...]:
    """What is told without a run, as there is nothing new."""
    idle = bench.start().outlook().idle
    assert idle is not None
    return idle.undeclared


def test_other_kind_in_a_column_that_looks_like_one_is_told_of(make_native: MakeBench) -> None:
    bench = make_native(FIELDS, personal={"looks_like": {"note": ["card numbers"]}})
    bench.put_json(RECORDS[0])
    assert undeclared(bench.run().undeclared) == {NOTE}


def test_member_is_guarded_by_what_it_lies_in_and_no_other_member(make_native: MakeBench) -> None:
    member = {"id": 0, "type": "string", "required": False}
    both = [{**member, "name": "mail"}, {**member, "name": "other"}]
    bench = make_native(
        {"id": "string", "who": {"type": "struct", "fields": both}},
        personal={"guarded": ["who.mail"]},
    )
    who = {"mail": "ada@example.com", "other": "emmy@example.com"}
    bench.put_json({"id": "a", "who": who})
    assert undeclared(bench.run().undeclared) == {("who.other", "e-mail addresses")}
    bench.contract(personal={"guarded": ["who"]})
    assert bench.run().undeclared == ()


def test_finding_is_told_of_data_that_are_not_fit_for_use(make_native: MakeBench) -> None:
    bench = make_native(FIELDS, max_rejected_ratio=0)
    bench.put_json({**RECORDS[0], "size": "large"})
    with pytest.raises(RejectedError) as failure:
        bench.run()
    assert undeclared(failure.value.result.undeclared) == {NOTE}


def test_damaged_objects_hide_nothing_of_others(make_native: MakeBench) -> None:
    bench = make_native(FIELDS)
    for name in ("a.json.gz", "b.json"):
        bench.put(b"", name, hour=0).write_bytes(b"\x1f\x8bno gzip")
    bench.put_json(RECORDS[0], hour=0)
    assert undeclared(bench.run().undeclared) == {NOTE}


@pytest.mark.parametrize(
    "moments",
    [
        pa.array([2**31 - 1, 0], pa.date32()),
        pa.array([2**62, 0], pa.timestamp("us")),
        pa.array([[2**62], [0]], pa.list_(pa.timestamp("us"))),
    ],
    ids=["dates", "timestamps", "timestamps in lists"],
)
def test_values_that_python_has_none_for_end_no_run_and_hide_nothing_beside_them(
    make_native: MakeBench, moments: pa.Array
) -> None:
    bench = make_native(FIELDS, bronze={"format": "parquet"})
    stored = io.BytesIO()
    columns = {name: [record[name] for record in RECORDS] for name in FIELDS}
    pq.write_table(pa.table({**columns, "at": moments}), stored)
    bench.put(stored.getvalue(), "o.parquet")
    result = bench.run()
    assert (result.counts.records_in, undeclared(result.undeclared)) == (2, {NOTE})


def test_of_many_objects_a_few_are_looked_at_from_first_to_last(make_native: MakeBench) -> None:
    bench = make_native(FIELDS)
    for at in range(20):
        bench.put(
            as_json([{"id": str(at), "note": f"{at}@example.com", "size": at}]), f"{at:02}.json", hour=0
        )
    [found] = bench.run().undeclared
    assert (found.share, found.samples) == (1.0, 5)


def test_version_that_replaces_the_content_is_looked_at(make_native: MakeBench) -> None:
    bench = make_native(FIELDS, write="overwrite", versions={"order": "name", "marker": None})
    bench.put_json(RECORDS[0])
    assert undeclared(bench.run().undeclared) == {NOTE}
    assert [row["rule"] for row in bench.results("personal")] == ["e-mail addresses in note"]
    assert undeclared(_idle(bench)) == {NOTE}
