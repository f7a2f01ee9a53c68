"""Requests to process bronze objects again, or late ones that listing no longer reaches."""

import json
from pathlib import Path
from typing import Any

import pytest
from lakehouse_etl.silver import run as silver

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
def bench(make_bench: Any) -> Any:
    """Two objects five days apart have been processed, so the earlier days are no longer listed."""
    bench = make_bench(FIELDS)
    bench.put(b'{"id": 1, "amount": 1}\n{"id": 2, "amount": "two"}\n', hour=0)
    bench.put(b'{"id": 3, "amount": 3}\n', hour=DAYS_LATER)
    bench.run()
    return bench


@pytest.mark.spark
def test_rejected_records_reach_silver_and_leave_quarantine_when_their_cause_is_mended(bench: Any) -> None:
    [rejected] = bench.rejected()
    bench.contract(fields=[*bench.document["fields"][:1], {**bench.document["fields"][1], "type": "string"}])
    for change in ("DROP COLUMN amount", "ADD COLUMN amount string AFTER id"):
        bench.spark.sql(f"ALTER TABLE glue_catalog.{bench.dataset.silver_table} {change}")
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


@pytest.mark.spark
def test_tables_stay_the_same_when_all_objects_are_requested_and_nothing_changed(make_bench: Any) -> None:
    bench = make_bench(FIELDS)
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


@pytest.mark.spark
def test_request_is_answered_again_when_the_run_that_answered_it_was_killed(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = bench.put(b'{"id": 4, "amount": 4}\n{"id": 5, "amount": "five"}\n', "late.json", hour=1)
    request(bench, late, hour=DAYS_LATER + 1)
    with monkeypatch.context() as patch:
        patch.setattr(silver.SilverRun, "_summary", lambda *_: pytest.fail("killed before the commit"))
        with pytest.raises(pytest.fail.Exception):
            bench.run()
    assert [row["id"] for row in bench.rows()] == [1, 3]
    bench.run()
    assert [row["id"] for row in bench.rows()] == [1, 3, 4]
    raw = ['{"id": 2, "amount": "two"}', '{"id": 5, "amount": "five"}']
    assert [row["raw"] for row in bench.rejected()] == raw
    shapes = ['{"id": 9, "amount": "xxx"}', '{"id": 9, "amount": "xxxx"}']
    assert [row["shape"] for row in bench.rejected()] == shapes


@pytest.mark.spark
def test_old_object_does_not_replace_newer_content_when_each_run_overwrites(make_bench: Any) -> None:
    bench = make_bench(FIELDS, write="overwrite")
    old = bench.put(b'{"id": 1, "amount": 1}\n', hour=0)
    bench.run()
    bench.put(b'{"id": 2, "amount": 2}\n', hour=DAYS_LATER)
    bench.run()
    request(bench, old, hour=DAYS_LATER + 1)
    bench.run()
    assert [row["id"] for row in bench.rows()] == [2]
