"""What is on record of runs: rows of the table, with events that the standard's own client reads."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from lakehouse_etl.contract import manifest
from lakehouse_etl.contract.lineage import Lineage
from lakehouse_etl.contract.manifest import Manifest
from lakehouse_etl.job.storage import LocalStorage
from lakehouse_etl.lineage.recorder import Origin, Recorder
from lakehouse_etl.lineage.work import of_dataset

from lakehouse.targets.run_events import COLUMNS
from tests.openlineage import read_event
from tests.unit.glue_scripts.datasets import document, events, lineage, whole

PARENT = "0f0e0d0c-0b0a-4908-8706-050403020100"
ORIGIN = Origin("Glue", "3.5.6", "jr_1", "c0de", PARENT, "BronzeToSilver")
FIELDS = {"id": "string", "name": "string", "at": "timestamptz"}
TOLD = {
    "objects": 2, "input_objects": ["a.json", "b.json"], "records_in": 5, "accepted": 3, "rejected": 1,
    "superseded": 1, "reasons": '{"malformed_json":1}', "event_delay_p50": 1.5,
}  # fmt: skip


@pytest.fixture
def domain(tmp_path: Path) -> Manifest:
    rules = {"name": {"masking": "hash", "physical_name": "fullName"}}
    bronze = {"table": "lake_bronze_d.t"}
    found = whole(document(FIELDS, rules=rules, bronze=bronze, version="1.2.0"), str(tmp_path))
    return manifest.decode(json.dumps(found).encode(), "tests")


def recorded(domain: Manifest, told: dict[str, Any], error: BaseException | None = None) -> None:
    record = Recorder(domain.lineage, LocalStorage(), domain.domain, ORIGIN)
    with record.run(of_dataset(domain.datasets[0], domain.lineage)) as row:
        row.update(told)
        time.sleep(0.002)  # names tell milliseconds, which every real run takes
        if error is not None:
            raise error


def test_start_is_there_before_the_run_and_its_end_after_it(domain: Manifest, tmp_path: Path) -> None:
    record = Recorder(domain.lineage, LocalStorage(), domain.domain, ORIGIN)
    with record.run(of_dataset(domain.datasets[0], domain.lineage)) as told:
        assert [row["event_type"] for row in events(tmp_path)] == ["START"]
        told.update(TOLD)
    start, end = events(tmp_path)
    assert end["event_type"] == "COMPLETE"
    assert start["run_id"] == end["run_id"]
    assert {name: end[name] for name in TOLD} == TOLD
    expected = {"dataset": "d/t", "engine": "Glue", "job_run": "jr_1", "contract_version": "1.2.0"}
    for row in (start, end):
        assert row.keys() <= {column.name for column in COLUMNS}
        assert {name: row[name] for name in expected} == expected
        assert (row["code_version"], row["parent_run_id"]) == ("c0de", PARENT)
    assert end["seconds"] >= 0


def test_events_are_those_of_the_standard(domain: Manifest, tmp_path: Path) -> None:
    recorded(domain, TOLD)
    for row in events(tmp_path):
        event = read_event(row["event"])
        assert event.eventType.value == row["event_type"]
        assert event.run.facets["parent"].run.keys() == {"runId"}
        assert event.outputs[0].name == "table/silver/t"
        assert event.inputs[0].name == "table/lake_bronze_d/t"
    assert event.inputs[0].inputFacets["inputStatistics"].rowCount == 5
    assert event.outputs[0].outputFacets["outputStatistics"].rowCount == 3
    fields = event.outputs[0].facets["columnLineage"].fields
    assert {name: each["inputFields"][0]["field"] for name, each in fields.items()} == {
        "id": "id", "name": "fullName", "at": "at",
    }  # fmt: skip
    masked = {name: each["inputFields"][0]["transformations"][0]["masking"] for name, each in fields.items()}
    assert masked == {"id": False, "name": True, "at": False}


def test_failed_run_tells_why_without_values_of_records(domain: Manifest, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="of record"):
        recorded(domain, TOLD, ValueError("[CAST_INVALID_INPUT] The value 'secret' of record"))
    _, end = events(tmp_path)
    assert end["event_type"] == "FAIL"
    assert end["error"].startswith("ValueError: [CAST_INVALID_INPUT]")
    assert "secret" not in json.dumps(end)
    assert end["records_in"] == 5
    assert read_event(end["event"]).run.facets["errorMessage"].message == end["error"]


def test_run_does_nothing_when_its_start_cannot_be_told(domain: Manifest, tmp_path: Path) -> None:
    (tmp_path / "silver").write_text("where a folder should be")
    with pytest.raises(OSError, match="silver"):
        recorded(domain, TOLD)


def test_names_of_objects_sort_by_time_and_tell_what_lists_need(domain: Manifest, tmp_path: Path) -> None:
    recorded(domain, {})
    names = [str(path.relative_to(tmp_path)) for path in sorted(tmp_path.rglob("*.json"))]
    pattern = r"silver/run_events/day=\d{4}-\d\d-\d\d/\d{9}-(START|COMPLETE)-[0-9a-f-]{36}-t\.json"
    assert [re.fullmatch(pattern, name)[1] for name in names] == ["START", "COMPLETE"]  # type: ignore[index]


def test_runs_at_once_lose_nothing(domain: Manifest, tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: recorded(domain, {"objects": number}), range(40)))
    ends = [row for row in events(tmp_path) if row["event_type"] == "COMPLETE"]
    assert sorted(row["objects"] for row in ends) == list(range(40))
    assert len({row["run_id"] for row in ends}) == 40
    assert Lineage(**lineage(str(tmp_path))) == domain.lineage
