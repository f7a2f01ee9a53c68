"""The function does what the job does, without Spark, and tells failures apart by their types."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from functions import silver
from functions.settings import Settings
from lakehouse_etl.job import aws
from lakehouse_etl.job.work import WorkError

from tests.unit.glue_scripts.datasets import whole
from tests.unit.glue_scripts.native.bench import Bench, MakeBench
from tests.unit.glue_scripts.reprocessing import request

ROOT = Path(__file__).resolve().parents[4]
BLOCKED = """
import sys
for name in ("pyspark", "py4j", "awsglue", "shared"):
    sys.modules[name] = None
import functions.silver
"""
FIELDS = {"id": "string"}


def test_function_is_imported_where_there_is_no_spark() -> None:
    environment = {"PYTHONPATH": str(ROOT / "glue_scripts"), "HOME": str(ROOT)}
    process = [sys.executable, "-B", "-c", BLOCKED]
    done = subprocess.run(process, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Metrics that were sent."""
    found: list[tuple[Any, ...]] = []
    monkeypatch.setattr(aws, "publish_counts", lambda *given, **_: found.append(given))
    monkeypatch.setattr(aws, "read_secret", lambda _: b"key")
    return found


def deployed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what invokes the function of the bench's domain."""
    manifest = bench.folder / "manifest.json"
    manifest.write_text(json.dumps(whole(bench.document, str(bench.folder))))
    monkeypatch.setattr(silver, "open_catalog", lambda: bench.catalog)
    monkeypatch.setenv("MANIFEST", str(manifest))
    monkeypatch.setenv("METRICS_NAMESPACE", "Lake")
    monkeypatch.setenv("MAX_MEBIBYTES", "1")
    monkeypatch.setenv("CODE_VERSION", "code")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769")
    return lambda **event: silver.handler(event, SimpleNamespace(aws_request_id="request-1"))


def test_settings_are_those_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MANIFEST", "METRICS_NAMESPACE", "MAX_MEBIBYTES", "CODE_VERSION"):
        monkeypatch.setenv(name, "3")
    assert Settings.from_env().max_bytes == 3 * 1024 * 1024
    monkeypatch.delenv("MANIFEST")
    with pytest.raises(KeyError, match="MANIFEST"):
        Settings.from_env()


def test_dataset_is_planned_run_and_planned_again(
    make_native: MakeBench, monkeypatch: pytest.MonkeyPatch, published: list[tuple[Any, ...]]
) -> None:
    bench = make_native(FIELDS, rules={"id": {"required": True}})
    invoke = deployed(bench, monkeypatch)
    bench.put_json({"id": "a"}, {"id": "b"}, {"no": "id"})
    assert invoke(plan=True) == {"nobody": [], "function": ["t0"], "glue": []}
    answer = invoke(datasets=["t0"])
    assert json.loads(json.dumps(answer)) == answer
    assert {
        name: answer["done"]["t0"][name] for name in ("objects", "records_in", "accepted", "rejected")
    } == {
        "objects": 1,
        "records_in": 3,
        "accepted": 2,
        "rejected": 1,
    }
    assert bench.rows() == [{"id": "a"}, {"id": "b"}]
    summary = bench.silver.history()[0].summary
    assert summary["lake.run-id"] == "request-1"
    assert invoke(plan=True) == {"nobody": ["t0"], "function": [], "glue": []}
    (_, _, waiting, _), (_, _, first, arrived, _), (namespace, dataset, second, still, promised) = published
    assert (namespace, dataset, arrived, promised) == ("Lake", "d/t0", still, None)
    assert (waiting, first["RecordsIn"], second) == ({}, 3, {})


def test_repair_is_planned_and_done_for_what_was_requested_alone(
    make_native: MakeBench, monkeypatch: pytest.MonkeyPatch, published: list[tuple[Any, ...]]
) -> None:
    bench = make_native(FIELDS)
    invoke = deployed(bench, monkeypatch)
    path = bench.put_json({"id": "a"})
    invoke(datasets=["t0"])
    bench.put_json({"id": "b"})
    repair = {"datasets": ["t0"], "products": []}
    published.clear()
    assert invoke(plan=True, repair=repair) == {"nobody": ["t0"], "function": [], "glue": []}
    request(bench, path)
    assert invoke(plan=True, repair=repair) == {"nobody": [], "function": ["t0"], "glue": []}
    assert published == []
    done = invoke(datasets=["t0"], repair=repair)["done"]["t0"]
    assert (done["objects"], bench.rows()) == (1, [{"id": "a"}])
    nothing: dict[str, list[str]] = {"datasets": [], "products": []}
    assert invoke(plan=True, repair=nothing) == {"nobody": [], "function": [], "glue": []}
    assert invoke(due=True, repair=nothing) == {"due": []}
    assert invoke(plan=True, repair=None) == {"nobody": [], "function": ["t0"], "glue": []}


def test_look_tells_how_long_objects_wait_that_no_run_has_taken_up(
    make_native: MakeBench, monkeypatch: pytest.MonkeyPatch, published: list[tuple[Any, ...]]
) -> None:
    bench = make_native(FIELDS)
    invoke = deployed(bench, monkeypatch)
    path = bench.put_json({"id": "a"})
    written = time.time() - 3 * 3600 - 60
    os.utime(path, (written, written))
    invoke(plan=True)
    assert [counts for _, _, counts, _ in published] == [{"HoursWaiting": 3}]


def test_verdict_about_data_is_an_answer_and_no_failure(
    make_native: MakeBench, monkeypatch: pytest.MonkeyPatch, published: list[tuple[Any, ...]]
) -> None:
    bench = make_native(FIELDS, max_rejected_ratio=0.1)
    invoke = deployed(bench, monkeypatch)
    bench.put(b"no JSON\n")
    assert invoke(datasets=["t0"])["unfit"].startswith("1 of 1 failed: t0: RejectedError: 1 of 1 records")
    assert len(published) == 1
    bench.put_json({"id": "a"}).chmod(0)
    bench.contract(silver_table="silver.gone")
    with pytest.raises(WorkError, match=r"t0: TableError: silver\.gone: not in the catalog"):
        deployed(bench, monkeypatch)(datasets=["t0"])


def _news(*ids: str) -> list[dict[str, str]]:
    return [{"body": json.dumps({"dataset": each})} for each in ids]


def test_messages_of_one_dataset_are_one_run_and_others_are_none(
    make_native: MakeBench, monkeypatch: pytest.MonkeyPatch, published: list[tuple[Any, ...]]
) -> None:
    bench = make_native(FIELDS)
    invoke = deployed(bench, monkeypatch)
    bench.put_json({"id": "a"})
    bench.put_json({"id": "b"})
    answer = invoke(Records=_news("d/t0", "d/t0", "d/gone", "other/t0"))
    assert (list(answer), answer["t0"]["objects"], len(published)) == (["t0"], 2, 1)
    assert invoke(Records=_news("d/t0")) == {}
    assert len(published) == 1
    assert bench.snapshots() == 1


def test_news_that_is_much_is_left_to_the_pipeline(
    make_native: MakeBench, monkeypatch: pytest.MonkeyPatch, published: list[tuple[Any, ...]]
) -> None:
    bench = make_native(FIELDS)
    invoke = deployed(bench, monkeypatch)
    bench.put(b" " * 1024 * 1024 + b'{"id": "a"}')
    assert invoke(Records=_news("d/t0")) == {}
    assert (published, bench.snapshots()) == ([], 0)


def test_what_fails_is_left_to_the_pipeline_and_its_message_is_done(
    make_native: MakeBench, monkeypatch: pytest.MonkeyPatch, published: list[tuple[Any, ...]]
) -> None:
    bench = make_native(FIELDS, max_rejected_ratio=0.1)
    invoke = deployed(bench, monkeypatch)
    bench.put(b"no JSON\n")
    assert invoke(Records=_news("d/t0"))["left"].startswith("1 of 1 failed: t0: RejectedError")
    assert invoke(plan=True)["function"] == ["t0"]


def test_names_that_are_not_of_the_domain_are_refused(
    make_native: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoke = deployed(make_native(FIELDS), monkeypatch)
    with pytest.raises(ValueError, match="got other; allowed: t0"):
        invoke(datasets=["other"])


@pytest.mark.parametrize(("memory", "expected"), [("1024", 128), ("10240", 256)])
def test_chunk_fits_into_the_memory(monkeypatch: pytest.MonkeyPatch, memory: str, expected: int) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory)
    assert silver._chunk_bytes() == expected * 1024 * 1024
