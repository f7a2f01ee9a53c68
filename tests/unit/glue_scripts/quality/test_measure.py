"""Table rules and the rejection gate: what is recorded, what fails a run, what a later run knows."""

import re
from typing import Any

import pytest
from lakehouse_etl.silver.outcome import RefusedError, RejectedError, RulesError
from lakehouse_etl.tables.history import TableError
from lakehouse_etl.tables.table import Table
from pyspark.sql import SparkSession

from tests.unit.glue_scripts.bench import Bench, MakeBench

pytestmark = pytest.mark.spark


def _rule(
    name: str, sql: str, operator: str = "mustBe", *values: float, severity: str = "error"
) -> dict[str, Any]:
    kind = "query" if sql.startswith("SELECT") else "aggregate"
    return {
        "name": name, "kind": kind, "sql": sql, "operator": operator, "values": values or (0,),
        "severity": severity,
    }  # fmt: skip


NO_NEGATIVE = _rule("no_negative", "count_if(size < 0)")


def _bench(make_bench: MakeBench, *rules: dict[str, Any], **options: Any) -> Bench:
    fields = {"id": "string", "size": "int"}
    required = {"id": {"required": True}}
    return make_bench(fields, rules=required, table_rules=list(rules), order_by=["size"], **options)


def test_every_rule_has_one_result_a_run(make_bench: MakeBench) -> None:
    share = _rule("share", "100D * count_if(size > 1) / nullif(count(*), 0)", "mustBeBetween", 10, 50.5)
    few = _rule("few", "count(*)", "mustBeLessThan", 2, severity="warning")
    unlike = _rule("unlike", "SELECT max(size) FROM lake_object", "mustNotBe", 2, severity="info")
    bench = _bench(make_bench, share, few, unlike, NO_NEGATIVE)
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


def test_content_stays_when_the_new_one_breaks_a_rule(make_bench: MakeBench) -> None:
    bench = _bench(make_bench, NO_NEGATIVE, write="overwrite")
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


def test_closed_gate_stays_closed_until_new_records_or_another_contract(make_bench: MakeBench) -> None:
    bench = _bench(make_bench, max_rejected_ratio=0.5)
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


ODD = {
    "odd_column": ("SELECT nothing FROM lake_object", "odd_column: the SQL cannot run.*nothing"),
    "odd_aggregate": ("count_if(nothing)", "odd_aggregate: the SQL cannot run.*nothing"),
    "odd_share": (
        "SELECT 1 / count_if(size > 9) FROM lake_object",
        "odd_share: the SQL cannot run: division by zero",
    ),
    "odd_rows": ("SELECT size FROM lake_object", "odd_rows: the SQL yields more than one value"),
    "odd_row": ("SELECT size FROM lake_object WHERE size > 9", "odd_row: the SQL yields no value"),
    "odd_text": ("SELECT max(id) FROM lake_object", "odd_text: the SQL yields a str"),
}
"""SQL of rules, and what is told of them."""


def test_rules_that_cannot_be_measured_fail_the_run_and_stop_no_others(make_bench: MakeBench) -> None:
    rules = [_rule(name, sql, severity="info") for name, (sql, _) in ODD.items()]
    bench = _bench(make_bench, *rules, _rule("other", "SELECT 0"))
    bench.put_json({"id": "a", "size": 1}, {"id": "b", "size": 1})
    with pytest.raises(RulesError) as failure:
        bench.run()
    told = [name for name, (_, words) in ODD.items() if re.search(words, str(failure.value), re.DOTALL)]
    assert told == list(ODD)
    outcomes = {row["rule"]: (row["outcome"], row["value"]) for row in bench.results("table")}
    assert outcomes == {**dict.fromkeys(ODD, ("failed", None)), "other": ("passed", 0.0)}


def test_rule_is_kept_when_there_is_nothing_to_measure(make_bench: MakeBench) -> None:
    bench = _bench(make_bench, _rule("share", "100D * count_if(size > 1) / nullif(count(*), 0)", "mustBe", 7))
    assert bench.run().rules_failed is None
    bench.put_json({"size": 1})
    assert bench.run().rules_failed == 0
    assert [(row["value"], row["outcome"]) for row in bench.results("table")] == [(None, "passed")]


def test_results_table_is_needed_only_when_there_is_something_to_record(
    make_bench: MakeBench, spark: SparkSession
) -> None:
    bench = _bench(make_bench)
    bench.put_json({"id": "a"})
    bench.run()
    spark.sql(f"DROP TABLE glue_catalog.{bench.dataset.results_table}")
    assert bench.run().objects == 0
    bench.put_json({"id": "b"})
    with pytest.raises(TableError, match=r"results.*not in the catalog"):
        bench.run()
    assert bench.rows() == [{"id": "a", "size": None}]


def test_values_reach_neither_error_nor_property_when_a_rule_cannot_be_measured(
    make_bench: MakeBench, spark: SparkSession
) -> None:
    bench = _bench(make_bench, _rule("odd", "count_if(CAST(id AS INT) > 1)"))
    bench.put_json({"id": "ada@example.com", "size": 1})
    with pytest.raises(RulesError, match=r"odd: the SQL cannot run.*CAST_INVALID_INPUT") as failure:
        bench.run()
    properties = Table(spark.newSession(), bench.dataset.silver_table).properties()
    assert "CAST_INVALID_INPUT" in properties["lake.gate"]
    assert "ada@example.com" not in str(failure.value) + str(properties)


def test_property_is_the_text_that_was_given_whatever_it_holds(
    make_bench: MakeBench, spark: SparkSession
) -> None:
    text = '${env:HOME} ${spark.app.name} it\'s \\ "so"'
    table = Table(spark, _bench(make_bench).dataset.silver_table)
    table.set_properties({"lake.note": text})
    assert table.properties()["lake.note"] == text
