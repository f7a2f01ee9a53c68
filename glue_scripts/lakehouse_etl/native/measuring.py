"""Measures rules about whole tables in DuckDB."""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from lakehouse_etl.contract.model import TableRule
from lakehouse_etl.job.discretion import words_of
from lakehouse_etl.native.engine import engine
from lakehouse_etl.quality.measured import VIEW, Measured, measured, not_alone

if TYPE_CHECKING:
    from lakehouse_etl.native.table import Table

Rows = Callable[[str], Any]
"""Gives the rows that SQL is to see: a table, or a stream for SQL that reads it once."""

_EVERY_ROW = re.compile(r"count\s*\(\s*\*\s*\)", re.IGNORECASE)


def measure(rows: Rows, rules: Sequence[TableRule]) -> tuple[Measured, ...]:
    """Measure rules on some rows, all aggregates in one scan."""
    aggregates = [rule for rule in rules if rule.kind == "aggregate"]
    found = _together(rows, aggregates) if aggregates else {}
    found |= {rule: _alone(rows, rule) for rule in rules if rule.kind == "query"}
    return tuple(found[rule] for rule in rules)


def of_table(table: "Table") -> Rows:
    """Return what shows SQL the current rows of a table, of which only columns are read that it may name."""
    from lakehouse_etl.native import files  # noqa: PLC0415 (PyIceberg is slow to import; other rows need none)

    def rows(sql: str) -> Any:
        names = _named(sql, [field.name for field in table.iceberg.schema().fields])
        if sql.lower().count(VIEW) != 1:
            return files.read(table.iceberg, table.tasks(), names)
        schema = files.read(table.iceberg, [], names).schema
        stream = files.batches(table.iceberg, table.tasks(), names)
        return pa.RecordBatchReader.from_batches(schema, (batch.cast(schema) for batch in stream))

    return rows


def _named(sql: str, names: Sequence[str]) -> Sequence[str]:
    """Return the columns whose names occur in SQL, the last one if none does; all if a star may be them."""
    text = _EVERY_ROW.sub("", sql).lower()
    if "*" in text:
        return names
    return [name for name in names if name.lower() in text] or names[-1:]


def unknown(rules: Sequence[TableRule], columns: pa.Schema) -> list[str]:
    """Tell of the rules that DuckDB has no plan for: their SQL is Spark's alone, or wrong."""
    if not rules:
        return []
    found = []
    with engine(**{VIEW: columns.empty_table()}) as connection:
        for rule in rules:
            try:
                connection.execute(f"EXPLAIN {_query([rule])}")
            except duckdb.Error as error:
                found.append(f"{rule.name}: {_cannot_run(error)}")
    return found


def _query(rules: Sequence[TableRule]) -> str:
    """Return the SQL of aggregates, or of one query."""
    if rules[0].kind == "query":
        return rules[0].sql
    return f"SELECT {', '.join(rule.sql for rule in rules)} FROM {VIEW}"  # noqa: S608 (SQL of the contract)


def _together(rows: Rows, rules: Sequence[TableRule]) -> dict[TableRule, Measured]:
    try:
        [values] = _answer(rows, _query(rules))
    except duckdb.Error as error:
        return {rule: Measured(rule, problem=_cannot_run(error)) for rule in rules}
    return {rule: measured(rule, value) for rule, value in zip(rules, values, strict=True)}


def _alone(rows: Rows, rule: TableRule) -> Measured:
    try:
        answer = _answer(rows, rule.sql)
    except duckdb.Error as error:
        return Measured(rule, problem=_cannot_run(error))
    if len(answer) != 1 or len(answer[0]) != 1:
        return not_alone(rule, len(answer))
    return measured(rule, answer[0][0])


def _answer(rows: Rows, sql: str) -> list[tuple[Any, ...]]:
    with engine(**{VIEW: rows(sql)}) as connection:
        return connection.execute(sql).fetchmany(2)


def _cannot_run(error: duckdb.Error) -> str:
    return f"the SQL cannot run: {words_of(error).splitlines()[0]}"
