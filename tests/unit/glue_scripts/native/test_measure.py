"""Table rules and the rejection gate without Spark: what is recorded, and what fails a run."""

import shutil
from dataclasses import replace
from typing import Any

import pytest
from lakehouse_etl.native.fitness import UnfitError
from lakehouse_etl.silver.inspection import Inspection
from lakehouse_etl.silver.outcome import RefusedError, RejectedError, RulesError
from lakehouse_etl.tables.history import TableError

from tests.unit.glue_scripts.native.bench import Bench, MakeBench


def _rule(
    name: str, sql: str, operator: str = "mustBe", *values: float, severity: str = "error"
) -> dict[str, Any]:
    kind = "query" if sql.startswith("SELECT") else "aggregate"
    return {
        "name": name, "kind": kind, "sql": sql, "operator": operator, "values": values or (0,),
        "severity": severity,
    }  # fmt: skip


NO_NEGATIVE = _rule("no_negative", "count_if(size < 0)")
NO_NEGATIVE_QUERY = _rule("no_negative", "SELECT count(*) FROM lake_object WHERE size < 0")


def _bench(make_native: MakeBench, *rules: dict[str, Any], **options: Any) -> Bench:
    fields = {"id": "string", "size": "int"}
    required = {"id": {"required": True}}
    return make_native(fields, rules=required, table_rules=list(rules), order_by=["size"], **options)


def test_every_rule_has_one_result_a_run(make_native: MakeBench) -> None:
    share = _rule("share", "100.0 * count_if(size > 1) / nullif(count(*), 0)", "mustBeBetween", 10, 50.5)
    few = _rule("few", "count(*)", "mustBeLessThan", 2, severity="warning")
    unlike = _rule("unlike", "SELECT max(size) FROM lake_object", "mustNotBe", 2, severity="info")
    bench = _bench(make_native, share, few, unlike, NO_NEGATIVE)
    bench.put_json({"id": "a", "size": 1}, {"id": "b", "size": 2}, {"size": 3}, {"id": "c", "size": "x"})
    assert bench.run().rules_failed == 1
    head = bench.head()
    found = {row["rule"]: row for row in bench.results()}
    columns = ("scope", "severity", "outcome", "value", "threshold", "snapshot_id")
    told = {name: tuple(row[column] for column in columns) for name, row in found.items()}
    kept = ("record", "error", "passed", 0.0, "= 0", None)
    assert told["malformed_json: expected one JSON object on a line"] == kept
    assert {name: row for name, row in told.items() if row != kept} == {
        "share": ("table", "error", "passed", 50.0, "10 to 50.5", head),
        "few": ("table", "warning", "failed", 2.0, "< 2", head),
        "unlike": ("table", "info", "failed", 2.0, "≠ 2", head),
        "no_negative": ("table", "error", "passed", 0.0, "= 0", head),
        "rejected_ratio": ("gate", "error", "passed", 0.5, "≤ 1", None),
        "missing_required: id: expected a value": ("record", "error", "quarantined", 1.0, "= 0", None),
        "wrong_type: size: expected int": ("record", "error", "quarantined", 1.0, "= 0", None),
    }
    assert {row["dataset"] for row in found.values()} == {f"d/{bench.dataset.name}"}
    assert len({(row["run_id"], row["measured_at"]) for row in found.values()}) == 1


@pytest.mark.parametrize("rule", [NO_NEGATIVE, NO_NEGATIVE_QUERY], ids=["aggregate", "query"])
def test_broken_rule_fails_every_run_until_data_mend_it(make_native: MakeBench, rule: dict[str, Any]) -> None:
    bench = _bench(make_native, rule)
    bench.put_json({"id": "a", "size": -1})
    for _ in range(2):
        with pytest.raises(
            RulesError, match="no_negative: got 1; allowed: = 0; fix: send records"
        ) as failure:
            bench.run()
        assert failure.value.result.rules_failed == 1
    assert bench.rows() == [{"id": "a", "size": -1}]
    bench.put_json({"id": "a", "size": 2})
    bench.run()
    assert [row["outcome"] for row in bench.results("table")] == ["failed", "failed", "passed"]
    assert bench.run().rules_failed is None
    assert len(bench.results("table")) == 3


def test_rule_is_measured_without_new_objects_when_it_is_new_or_changed(make_native: MakeBench) -> None:
    bench = _bench(make_native)
    bench.put_json({"id": "a", "size": -1})
    bench.run()
    bench.contract(table_rules=[NO_NEGATIVE])
    with pytest.raises(RulesError):
        bench.run()
    bench.contract(table_rules=[{**NO_NEGATIVE, "severity": "warning"}])
    assert bench.run().rules_failed == 1
    assert bench.run().rules_failed is None
    bench.contract(table_rules=[{**NO_NEGATIVE, "sql": "count_if(size < -1)"}])
    assert bench.run().rules_failed == 0


def test_content_stays_when_the_new_one_breaks_a_rule(make_native: MakeBench) -> None:
    bench = _bench(make_native, NO_NEGATIVE, write="overwrite")
    bench.put_json({"id": "a", "size": 1})
    bench.run()
    published = bench.head()
    bench.put_json({"id": "b", "size": -1})
    for _ in range(2):
        with pytest.raises(RefusedError, match="no_negative: got 1"):
            bench.run()
    assert bench.rows() == [{"id": "a", "size": 1}]
    found = [(row["outcome"], row["snapshot_id"]) for row in bench.results("table")]
    assert found == [("passed", published), ("failed", None), ("passed", bench.head())]


def test_killed_run_is_measured_by_the_next_one(
    make_native: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = _bench(make_native, NO_NEGATIVE)
    bench.put_json({"id": "a", "size": -1})
    with monkeypatch.context() as patch:
        patch.setattr(Inspection, "of_table", _die)
        with pytest.raises(KeyboardInterrupt):
            bench.run()
    with pytest.raises(RulesError):
        bench.run()


def _die(_inspection: object) -> None:
    raise KeyboardInterrupt


def test_closed_gate_stays_closed_until_new_records_or_another_contract(make_native: MakeBench) -> None:
    bench = _bench(make_native, max_rejected_ratio=0.5)
    bench.put_json({"size": 1})
    for _ in range(2):
        with pytest.raises(RejectedError, match=r"1 of 1 records rejected.*missing_required 1"):
            bench.run()
    bench.put(b"\n")
    with pytest.raises(RejectedError) as failure:
        bench.run()
    assert failure.value.result.counts.records_in == 0
    bench.contract(max_rejected_ratio=1)
    assert bench.run().objects == 0
    bench.contract(max_rejected_ratio=0.5)
    bench.put_json({"id": "a", "size": 1}, {"id": "b"})
    bench.run()
    assert bench.run().objects == 0
    assert [row["outcome"] for row in bench.results("gate")] == ["failed", "passed"]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (_rule("odd", "SELECT 1 / count_if(size > 9) FROM lake_object"), "odd: the SQL cannot run.*zero"),
        (_rule("odd", "9223372036854775807 + count(*)"), "odd: the SQL cannot run.*range of long"),
    ],
)
def test_rule_that_cannot_be_measured_fails_the_run(
    make_native: MakeBench, rule: dict[str, Any], message: str
) -> None:
    bench = _bench(make_native, rule, _rule("other", "count_if(size > 9)"))
    bench.put_json({"id": "a", "size": 1}, {"id": "b", "size": 1})
    with pytest.raises(RulesError, match=message):
        bench.run()
    outcomes = {row["rule"]: (row["outcome"], row["value"]) for row in bench.results("table")}
    assert outcomes == {"odd": ("failed", None), "other": ("passed", 0.0)}


def test_figure_that_cannot_be_found_stops_no_other(make_native: MakeBench) -> None:
    bench = _bench(make_native, NO_NEGATIVE, _rule("other", "count(*)", "mustBe", 1))
    bench.put_json({"id": "a", "size": 1})
    _let_duckdb_run(bench, "count(nothing)")
    with pytest.raises(RulesError, match=r"1 of 2 table rules failed: no_negative: the SQL cannot run: B"):
        bench.run()
    _, kept = bench.silver.properties()["lake.figures"].split()
    assert kept.endswith("=1")


def _let_duckdb_run(bench: Bench, sql: str) -> None:
    """Put SQL in the place of the first rule's figure, which compilation would leave to Spark."""
    first, *others = bench.dataset.table_rules
    [figure] = first.figures
    broken = replace(first, figures=(replace(figure, duckdb=sql),))
    bench.dataset = replace(bench.dataset, table_rules=(broken, *others))


def test_rule_is_kept_when_there_is_nothing_to_measure(make_native: MakeBench) -> None:
    bench = _bench(
        make_native, _rule("share", "100.0 * count_if(size > 1) / nullif(count(*), 0)", "mustBe", 7)
    )
    assert bench.run().rules_failed is None
    bench.put_json({"size": 1})
    assert bench.run().rules_failed == 0
    assert [(row["value"], row["outcome"]) for row in bench.results("table")] == [(None, "passed")]


def test_results_table_is_needed_only_when_there_is_something_to_record(make_native: MakeBench) -> None:
    bench = _bench(make_native)
    bench.put_json({"id": "a"})
    bench.run()
    shutil.rmtree(bench.catalog.folder / "results")
    assert bench.run().objects == 0
    bench.put_json({"id": "b"})
    with pytest.raises(TableError, match=r"results.*not in the catalog"):
        bench.run()
    assert bench.rows() == [{"id": "a", "size": None}]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM lake_object a JOIN lake_object b USING (id)",
        "SELECT count(*) FROM (SELECT DISTINCT * FROM lake_object)",
        "SELECT 7",
        "count_if(id RLIKE 'a')",
        "avg(size)",
    ],
)
def test_dataset_is_refused_when_a_rule_is_none_that_the_engine_knows(
    make_native: MakeBench, sql: str
) -> None:
    bench = _bench(make_native, _rule("odd", sql))
    bench.put_json({"id": "a", "size": 1})
    with pytest.raises(UnfitError, match=r"odd: .* is for Spark alone; fix: run it on Spark"):
        bench.run()
    assert bench.snapshots() == 0


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("SELECT count(SIZE) FROM LAKE_OBJECT", 2),
        ("SELECT count(DISTINCT _record_hash) FROM lake_object", 3),
        ("SELECT sum(size) FROM lake_object WHERE id <> 'c'", 3),
        ("SELECT max(size) - min(size) FROM lake_object", 1),
    ],
)
def test_query_sees_all_rows_and_the_columns_that_it_names(
    make_native: MakeBench, sql: str, value: float
) -> None:
    bench = _bench(make_native, _rule("some", sql, "mustBeGreaterThan", -1))
    for record in ({"id": "a", "size": 1}, {"id": "b", "size": 2}, {"id": "c"}):
        bench.put_json(record)
        bench.run()
    assert [row["value"] for row in bench.results("table")][-1] == value


def test_values_reach_neither_error_nor_property_when_a_rule_cannot_be_measured(
    make_native: MakeBench,
) -> None:
    bench = _bench(make_native, _rule("odd", "count_if(size > 1)"))
    _let_duckdb_run(bench, "count_if(CAST(id AS INT) > 1)")
    bench.put_json({"id": "ada@example.com", "size": 1})
    with pytest.raises(RulesError, match="odd: the SQL cannot run: Conversion Error") as failure:
        bench.run()
    assert "Conversion Error" in bench.silver.properties()["lake.gate"]
    assert "ada@example.com" not in str(failure.value) + str(bench.silver.properties())
