"""What both carriers tell of a run."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lakehouse_etl.contract import manifest
from lakehouse_etl.contract.manifest import Manifest
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.job import aws
from lakehouse_etl.job.storage import LocalStorage, Storage
from lakehouse_etl.job.work import WorkError
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.lineage.recorder import Origin, Recorder
from lakehouse_etl.personal.findings import Finding
from lakehouse_etl.records.counts import Counts
from lakehouse_etl.silver.domain import bring_in
from lakehouse_etl.silver.outcome import QualityError, Result

from tests.unit.glue_scripts.datasets import document, events, whole

ARRIVED = datetime(2026, 1, 1, 5, tzinfo=UTC)


@dataclass
class Told:
    """A carrier that finds what it is told to."""

    result: Result
    error: Exception | None = None

    def run(self, keys: Callable[[], Keys]) -> Result:
        """Ask for the keys, as a run does that finds something."""
        assert keys() == Keys(b"key of s", b"key of t")
        if self.error:
            raise self.error
        return self.result


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What AWS was asked: secrets and metrics."""
    found: list[tuple[Any, ...]] = []

    def read(name: str) -> bytes:
        found.append((name,))
        return f"key of {name}".encode()

    monkeypatch.setattr(aws, "read_secret", read)
    monkeypatch.setattr(aws, "publish_counts", lambda *given, **_: found.append(given))
    monkeypatch.setattr(aws, "publish_undeclared", lambda *given: found.append(given) if given[-1] else None)
    return found


def domain_of(folder: Path, *names: str) -> Manifest:
    fields, rules = (
        {"id": "string", "name": "string"},
        {"id": {"masking": "hash"}, "name": {"masking": "tokenize"}},
    )
    found = whole(document(fields), str(folder))
    found["datasets"] = [document(fields, name=name, rules=rules) for name in names]
    return manifest.decode(json.dumps(found).encode(), "tests")


def recorder(domain: Manifest) -> Recorder:
    return Recorder(domain.lineage, LocalStorage(), domain.domain, Origin("function", "3", "request", "code"))


def test_counts_are_told_to_the_log_the_metrics_and_the_caller(
    asked: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    domain = domain_of(tmp_path, "a", "b")
    counts = Counts(records_in=5, accepted=3, rejected=1, superseded=1)
    broken = {Breach("malformed_json", "no JSON"): 1}

    def carrier(dataset: Dataset, storage: Storage) -> Told:
        assert isinstance(storage, LocalStorage)
        return Told(Result(dataset.id, 2, counts, broken, rules_failed=0, last_arrival=ARRIVED))

    record = recorder(domain)
    done = bring_in(domain, domain.datasets, carrier, record=record, namespace="Lake", parallel=1)
    facts = {
        "objects": 2, "records_in": 5, "accepted": 3, "rejected": 1, "superseded": 1,
        "reasons": {"malformed_json": 1}, "rules_failed": 0, "undeclared": [],
    }  # fmt: skip
    assert done == {"a": facts, "b": facts}
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines == [{"dataset": "a", **facts}, {"dataset": "b", **facts}]
    metrics = {
        "RecordsIn": 5, "RecordsAccepted": 3, "RecordsRejected": 1, "RecordsSuperseded": 1, "RulesFailed": 0,
        "RejectedPercent": 20.0,
    }  # fmt: skip
    told = [("Lake", each, metrics, ARRIVED, None) for each in ("d/a", "d/b")]
    assert asked == [("s",), ("t",), *told]


def test_counts_of_a_dataset_that_is_not_fit_for_use_are_told_before_it_fails(
    asked: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    domain = domain_of(tmp_path, "a")
    result = Result("d/a", 1, Counts(records_in=1, rejected=1))
    error = QualityError("1 of 1 records rejected", result)
    with pytest.raises(WorkError, match="a: QualityError: 1 of 1 records rejected") as failure:
        bring_in(
            domain, domain.datasets, lambda *_: Told(result, error),
            record=recorder(domain), namespace="Lake", parallel=1,
        )  # fmt: skip
    assert failure.value.errors == [error]
    [_, _, (_, dataset, metrics, last_arrival, _)] = asked
    assert (dataset, metrics["RecordsRejected"], metrics["GateClosed"], last_arrival) == ("d/a", 1, 1, None)
    assert "RulesFailed" not in metrics
    start, end = events(tmp_path)
    assert (start["event_type"], end["event_type"]) == ("START", "FAIL")
    assert (end["rejected"], end["error"]) == (1, "QualityError: 1 of 1 records rejected")


def test_undeclared_personal_data_are_told_by_column_and_never_by_value(
    asked: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    domain = domain_of(tmp_path, "a")
    found = tuple(Finding("note", kind, 0.5, 2) for kind in ("e-mail addresses", "phone numbers"))
    result = Result("d/a", 1, undeclared=found)
    done = bring_in(
        domain,
        domain.datasets,
        lambda *_: Told(result),
        record=recorder(domain),
        namespace="Lake",
        parallel=1,
    )
    assert done["a"]["undeclared"] == ["e-mail addresses in note", "phone numbers in note"]
    assert asked[-1] == ("Lake", "d/a", {"note": 2})
