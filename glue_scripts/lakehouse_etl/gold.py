"""Builds gold products: whole content anew, published in one commit, only if it keeps its contract."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pyspark import StorageLevel
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from lakehouse_etl.gate import check_columns
from lakehouse_etl.iceberg_types import type_name
from lakehouse_etl.model import Product, columns
from lakehouse_etl.quality import Measured, measure
from lakehouse_etl.results import Results, record_rows, table_rows
from lakehouse_etl.summary import RUN_ID
from lakehouse_etl.tables import Table
from lakehouse_etl.transforms.part import Breach, Rule
from lakehouse_etl.transforms.rules import value_rules


@dataclass(frozen=True)
class Built:
    """What was built."""

    rows: int
    rules_failed: int | None
    """Table rules that failed with severity error or warning; None if the contract has none."""


class ProductError(RuntimeError):
    """The product breaks its contract; its last good version stays readable."""

    def __init__(self, message: str, rules_failed: int | None = None) -> None:
        """Keep how many table rules failed, None if nothing was measured."""
        super().__init__(message)
        self.rules_failed = rules_failed


def build(session: SparkSession, product: Product, run_id: str) -> Built:
    """Build one product.

    Raises:
        TableError: A table is missing or does not fit the contract.
        ProductError: The SQL fails, or what it yields breaks the contract; the message lists every fault.
    """
    table = Table(session, product.table)
    results = Results(session, product.results_table, product.id, run_id)
    check_columns(table, columns(product.fields))
    results.check()
    content = _shaped(session, product).persist(StorageLevel.MEMORY_AND_DISK)
    try:
        rows, broken = _counted(content, product)
        measured = measure(session, content, product.table_rules)
        results.append([*record_rows(broken, "failed"), *table_rows(measured, None)])
        built = Built(rows, sum(item.counts for item in measured) if measured else None)
        if faults := _faults(broken, measured):
            raise ProductError(
                f"{product.name}: {'; '.join(faults)}; fix: mend the SQL, its sources or the contract",
                built.rules_failed,
            )
        table.replace(content, {RUN_ID: run_id, "lake.rows": str(rows)})
        return built
    finally:
        content.unpersist()


def built_at(session: SparkSession, product: Product) -> datetime | None:
    """Return when the version was published that readers see, None if none ever was."""
    return Table(session, product.table).committed_at()


def _shaped(session: SparkSession, product: Product) -> DataFrame:
    """The result of the SQL, with exactly the contract's columns."""
    try:
        result = session.sql(product.sql)
    except AnalysisException as error:
        raise ProductError(f"{product.name}: the SQL cannot run: {error}; fix: mend it and deploy") from error
    got = {column.name: column.dataType for column in result.schema}
    faults = []
    for field in product.fields:
        if field.name not in got:
            faults.append(f"{field.name}: got no column")
        elif got[field.name].simpleString() != field.type.simpleString():
            faults.append(f"{field.name}: got {type_name(got[field.name])}; expected {type_name(field.type)}")
    faults += [f"{name}: not in the contract" for name in got if name not in {f.name for f in product.fields}]
    if faults:
        raise ProductError(f"{product.name}: {'; '.join(faults)}; fix: cast or name it in the SQL")
    return result.select(*(field.name for field in product.fields))


def _counted(content: DataFrame, product: Product) -> tuple[int, Mapping[Breach, int]]:
    """Return the number of rows, and how often they break each rule about rows."""
    rules = [
        Rule(F.col(field.name).isNull(), Breach("missing_required", f"{field.name}: rows without a value"))
        for field in product.fields
        if field.required
    ]
    rules += [rule for field in product.fields for rule in value_rules(field)]
    counts = [F.count(F.when(rule.broken, True)) for rule in rules]
    rows, *counted = content.agg(F.count("*"), *counts).head() or [0]
    broken = {rule.breach: count for rule, count in zip(rules, counted, strict=True)}
    if product.key:
        repeated = Breach("repeated_key", f"keys ({', '.join(product.key)}) more than once")
        broken[repeated] = content.groupBy(*product.key).count().where("count > 1").count()
    return int(rows), broken


def _faults(broken: Mapping[Breach, int], measured: tuple[Measured, ...]) -> list[str]:
    return [f"{count} {breach.detail}" for breach, count in broken.items() if count] + [
        str(item) for item in measured if item.fails
    ]
