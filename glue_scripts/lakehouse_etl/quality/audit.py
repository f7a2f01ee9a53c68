"""Measures what a product holds against the rules of its contract."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, SparkSession

from lakehouse_etl.contract.model import Product
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.quality.measured import Measured
from lakehouse_etl.quality.meter import measure
from lakehouse_etl.quality.row_rules import broken_rows
from lakehouse_etl.quality.rows import Row, record_rows, table_rows
from lakehouse_etl.quality.spark_meter import SparkMeter
from lakehouse_etl.tables.table import Table


@dataclass(frozen=True)
class Audit:
    """What was measured."""

    broken: Mapping[Breach, int]
    """Rows that break a rule about rows, or keys that repeat, by rule."""
    measured: tuple[Measured, ...]
    """Rules about the whole table."""

    @property
    def faults(self) -> list[str]:
        """Why the product may not be published."""
        return [f"{count} {breach.detail}" for breach, count in self.broken.items() if count] + [
            str(item) for item in self.measured if item.fails
        ]

    @property
    def rules_failed(self) -> int | None:
        """Table rules that failed with severity error or warning; None if the contract has none."""
        return sum(item.counts for item in self.measured) if self.measured else None

    @property
    def results(self) -> list[Row]:
        """What to record, a row for each rule."""
        return [*record_rows(self.broken, "failed"), *table_rows(self.measured, None)]


def audit(session: SparkSession, product: Product, content: DataFrame, fresh: Column) -> Audit:
    """Measure the rules of a product.

    Args:
        session: A session of the product's own.
        product: The product.
        content: All of its rows.
        fresh: Condition of the rows that are new; the others have been audited by the run that wrote them,
            under the same contract.
    """
    rows = content.where(fresh)
    broken = broken_rows(rows, product.fields)
    if product.key:
        repeated = Breach("repeated_key", f"keys ({', '.join(product.key)}) more than once")
        # Equal keys lie in the same part if the key has the column that makes the parts.
        within = rows if product.refresh and product.refresh.column in product.key else content
        broken[repeated] = within.groupBy(*product.key).count().where("count > 1").count()
    meter = SparkMeter(session, Table(session, product.table))
    return Audit(broken, measure(meter, product.table_rules, content)[0])
