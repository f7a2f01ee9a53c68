"""What a silver run without Spark leaves on its table for the products that read it."""

import pytest
from lakehouse_etl.quality import verdict
from lakehouse_etl.silver.inspection import Inspection
from lakehouse_etl.silver.outcome import QualityError

from tests.unit.glue_scripts.native.bench import Bench, MakeBench

RULE = {
    "name": "few", "kind": "aggregate", "sql": "count(*)", "operator": "mustBeLessThan", "values": (3,),
    "severity": "error",
}  # fmt: skip
UNJUDGED = "its newest rows have not been judged, since no run of its silver job has come to its end"


@pytest.fixture
def bench(make_native: MakeBench) -> Bench:
    return make_native({"id": "string"}, rules={"id": {"required": True}}, max_rejected_ratio=0.5)


def _problem(bench: Bench) -> str | None:
    table = bench.silver
    return verdict.problem_of(table, table.history())


def test_rows_are_fit_for_use_when_a_run_came_to_its_end(bench: Bench) -> None:
    assert _problem(bench) == UNJUDGED
    bench.run()
    assert _problem(bench) is None
    bench.put_json({"id": "a"})
    bench.run()
    assert _problem(bench) is None


def test_rows_are_not_fit_for_use_when_too_many_records_were_rejected(bench: Bench) -> None:
    bench.put_json({"id": "a"}, {}, {})
    with pytest.raises(QualityError):
        bench.run()
    assert (_problem(bench) or "").startswith("closed: 2 of 3 records rejected (66.7%); allowed: 50.0%")
    with pytest.raises(QualityError):
        bench.run()
    bench.put_json({"id": "b"})
    bench.run()
    assert _problem(bench) is None


def test_gate_closes_without_a_commit_when_the_contract_became_stricter(bench: Bench) -> None:
    bench.put_json({"id": "a"}, {"id": "b"}, {"id": "c"})
    bench.run()
    head = bench.head()
    bench.contract(table_rules=[RULE])
    with pytest.raises(QualityError):
        bench.run()
    assert "few: got 3; allowed: < 3" in (_problem(bench) or "")
    assert bench.head() == head
    bench.contract(table_rules=[])
    bench.run()
    assert _problem(bench) is None


def test_rows_are_not_fit_for_use_when_the_run_was_killed_before_they_were_judged(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.put_json({"id": "a"})
    bench.run()
    bench.put_json({"id": "b"})

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Inspection, "conclude", die)
        with pytest.raises(KeyboardInterrupt):
            bench.run()
    assert _problem(bench) == UNJUDGED
    bench.run()
    assert _problem(bench) is None
