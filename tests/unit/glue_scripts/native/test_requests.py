"""Requests to process bronze objects again, without Spark."""

import json
from pathlib import Path
from typing import Any

import pytest
from lakehouse_etl.bronze.requests import RequestError
from lakehouse_etl.native import run as native
from pyiceberg.types import StringType

FIELDS = {"id": "long", "amount": "int"}
DAYS_LATER = 24 * 5


def request(bench: Any, *paths: Path, hour: int, name: str = "r") -> Path:
    """Ask for objects, in the partition of an hour."""
    bronze = Path(bench.dataset.bronze.location.removeprefix("file:"))
    partition = f"ingest_date=2026-01-{hour // 24 + 1:02}/ingest_hour={hour % 24:02}"
    place = Path(bench.dataset.requests_location.removeprefix("file:")) / partition / f"{name}.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps({"objects": [str(path.relative_to(bronze)) for path in paths]}))
    return place


@pytest.fixture
def bench(make_native: Any) -> Any:
    """Two objects five days apart have been processed, so the earlier days are no longer listed."""
    bench = make_native(FIELDS)
    bench.put(b'{"id": 1, "amount": 1}\n{"id": 2, "amount": "two"}\n', hour=0)
    bench.put(b'{"id": 3, "amount": 3}\n', hour=DAYS_LATER)
    bench.run()
    return bench


def test_late_object_is_processed_when_it_is_requested_and_not_before(bench: Any) -> None:
    late = bench.put(b'{"id": 4, "amount": 4}\n', "late.json", hour=1)
    assert bench.run().counts.records_in == 0
    request(bench, late, hour=DAYS_LATER + 1)
    assert bench.run().counts.accepted == 1
    assert [row["id"] for row in bench.rows()] == [1, 3, 4]
    assert bench.run().objects == 0


def test_rejected_records_reach_silver_and_leave_quarantine_when_their_cause_is_mended(bench: Any) -> None:
    [rejected] = bench.rejected()
    bench.contract(fields=[*bench.document["fields"][:1], {**bench.document["fields"][1], "type": "string"}])
    with bench.silver.iceberg.update_schema(allow_incompatible_changes=True) as change:
        change.delete_column("amount")
    with bench.silver.iceberg.update_schema() as change:
        change.add_column("amount", StringType())
    source = Path(rejected["source_object"].removeprefix("file:"))
    request(bench, source, hour=DAYS_LATER, name="first")
    bench.run()
    once = bench.rows()
    assert [row["id"] for row in once] == [1, 2, 3]
    assert bench.rejected() == []
    request(bench, source, hour=DAYS_LATER + 3, name="second")
    bench.run()
    assert bench.rows() == once
    assert bench.rejected() == []


@pytest.mark.parametrize("write", ["merge", "append"])
def test_tables_stay_the_same_when_all_objects_are_requested_and_nothing_changed(
    make_native: Any, write: str
) -> None:
    bench = make_native(FIELDS, write=write)
    paths = [
        bench.put(b'{"id": 1, "amount": 1}\n' * 2 + b'{"id": 2, "amount": null}\n{"id": 9\n', hour=0),
        bench.put(b'{"id": 1, "amount": 7}\n{"id": "x"}\n', hour=DAYS_LATER),
    ]
    bench.run()
    before = (bench.rows(), bench.rejected())
    request(bench, *paths, hour=DAYS_LATER)
    result = bench.run()
    assert result.counts.records_in == 6
    assert result.counts.accepted + result.counts.rejected + result.counts.superseded == 6
    assert (bench.rows(), bench.rejected()) == before


def test_request_is_answered_again_when_the_run_that_answered_it_was_killed(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = bench.put(b'{"id": 4, "amount": 4}\n{"id": 5, "amount": "five"}\n', "late.json", hour=1)
    request(bench, late, hour=DAYS_LATER + 1)
    with monkeypatch.context() as patch:
        patch.setattr(native, "write_state", lambda *_: pytest.fail("killed before the commit"))
        with pytest.raises(pytest.fail.Exception):
            bench.run()
    assert [row["id"] for row in bench.rows()] == [1, 3]
    bench.run()
    assert [row["id"] for row in bench.rows()] == [1, 3, 4]
    raw = ['{"id": 2, "amount": "two"}', '{"id": 5, "amount": "five"}']
    assert [row["raw"] for row in bench.rejected()] == raw
    shapes = ['{"id": 9, "amount": "xxx"}', '{"id": 9, "amount": "xxxx"}']
    assert [row["shape"] for row in bench.rejected()] == shapes


def test_requested_object_that_no_longer_exists_is_left_out_when_others_come(bench: Any) -> None:
    gone = bench.put(b"", "gone.json", hour=2)
    request(bench, gone, hour=DAYS_LATER)
    gone.unlink()
    assert bench.run().objects == 0
    bench.put(b'{"id": 6, "amount": 6}\n', hour=DAYS_LATER + 1)
    assert bench.run().objects == 1


def test_old_object_does_not_replace_newer_content_when_each_run_overwrites(make_native: Any) -> None:
    bench = make_native(FIELDS, write="overwrite")
    old = bench.put(b'{"id": 1, "amount": 1}\n', hour=0)
    bench.run()
    bench.put(b'{"id": 2, "amount": 2}\n', hour=DAYS_LATER)
    bench.run()
    request(bench, old, hour=DAYS_LATER + 1)
    bench.run()
    assert [row["id"] for row in bench.rows()] == [2]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        '{"objects": ["elsewhere"]}',
        '{"objects": 1}',
        '{"records": 1}',
        '{"records": {"x": [1]}}',
    ],
)
def test_run_fails_and_says_where_when_a_request_is_damaged(bench: Any, content: str) -> None:
    place = request(bench, hour=DAYS_LATER)
    place.write_text(content)
    with pytest.raises(RequestError, match=rf"{place}.*allowed.*fix"):
        bench.run()
