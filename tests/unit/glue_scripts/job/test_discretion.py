"""What is said of an error without the values of records."""

import duckdb
import pytest
from lakehouse_etl.job.discretion import trace_of, words_of
from lakehouse_etl.job.work import WorkError, work_through
from lakehouse_etl.native.engine import query

from tests.unit.glue_scripts.job.test_work import NUMBERS

EMAIL = "ada@example.com"
OF_SPARK = f"""An error occurred while calling o1.append.
: org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 1.0 failed 1 times
\tat org.apache.spark.scheduler.DAGScheduler.failJobAndIndependentStages(DAGScheduler.scala:2898)
Caused by: org.apache.spark.SparkNumberFormatException: [CAST_INVALID_INPUT] The value '{EMAIL}
{EMAIL}' of the type "STRING" cannot be cast to "INT" because it is malformed. SQLSTATE: 22018
== SQL (line 1, position 8) ==
SELECT CAST(email AS INT) FROM t
\tat org.apache.spark.sql.errors.QueryExecutionErrors$.invalidInputInCastToNumberError(Errors.scala:145)
Caused by: java.lang.NumberFormatException: For input string: "{EMAIL}"
\t... 12 more
"""  # noqa: S608 (a message)


def test_values_are_left_out_and_what_helps_stays_when_spark_fails_on_data() -> None:
    told = words_of(RuntimeError(OF_SPARK))
    assert EMAIL not in told
    for kept in (
        "[CAST_INVALID_INPUT]",
        "Job aborted due to stage failure",
        "SELECT CAST(email AS INT) FROM t",
        "\tat org.apache.spark.sql.errors",
        "java.lang.NumberFormatException:",
        "\t... 12 more",
    ):
        assert kept in told


def test_values_are_left_out_when_duckdb_fails_on_data() -> None:
    with pytest.raises(duckdb.ConversionException) as failure:
        query(f"SELECT CAST(email AS INT) FROM (SELECT '{EMAIL}' AS email)", {})  # noqa: S608 (a constant)
    assert EMAIL in str(failure.value)
    assert EMAIL not in words_of(failure.value).splitlines()[0]
    assert words_of(failure.value).startswith("Conversion Error:")


def test_all_is_said_of_sql_that_was_not_run() -> None:
    with pytest.raises(duckdb.BinderException) as failure:
        query("SELECT missing FROM (SELECT 1 AS there)", {})
    assert words_of(failure.value) == str(failure.value)


def test_causes_are_told_without_values() -> None:
    error = RuntimeError("the product was not built")
    error.__cause__ = RuntimeError(OF_SPARK)
    told = trace_of(error)
    assert "the product was not built" in told
    assert "Which led to" in told
    assert EMAIL not in told


def test_neither_log_nor_error_of_a_run_has_values(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_: object) -> dict[str, object]:
        raise RuntimeError(OF_SPARK)

    with pytest.raises(WorkError, match="CAST_INVALID_INPUT") as failure:
        work_through(NUMBERS[:1], fail, parallel=1)
    said = capsys.readouterr()
    assert EMAIL not in str(failure.value) + said.out + said.err
