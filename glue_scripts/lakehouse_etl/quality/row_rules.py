"""How many rows of a table break the contract's rules about single values, by the rules of the judge."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakehouse_etl.contract.model import Field
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.contract.types import Nested
from lakehouse_etl.judge.fields.arrow_types import as_read
from lakehouse_etl.judge.fields.rules import Rule, value_rules

_COUNTED = "rule INT, broken BIGINT"


@dataclass(frozen=True)
class _Column:
    """What is to be kept in one column."""

    field: Field
    rules: tuple[Rule, ...]

    @property
    def breaches(self) -> Iterator[Breach]:
        """What its rows may break, in order."""
        if self.field.required:
            yield Breach("missing_required", f"{self.field.name}: rows without a value")
        yield from (rule.breach for rule in self.rules)

    def broken(self, values: pa.Array) -> Iterator[int]:
        """Yield how many of some values break each."""
        if self.field.required:
            yield values.null_count
        counted = list(_counted(values.drop_null(), self.field)) if self.rules else []
        for rule in self.rules:
            # What is no number is in no range.
            yield sum(count for value, count in counted if value != value or rule.broken(value))  # noqa: PLR0124


def broken_rows(rows: DataFrame, fields: Sequence[Field]) -> dict[Breach, int]:
    """Return the number of rows by the rule that they break, zero for those that none breaks."""
    columns = [_Column(field, tuple(value_rules(field))) for field in fields]
    breaches = [breach for column in columns for breach in column.breaches]
    kept = [column for column in columns if any(True for _ in column.breaches)]
    if not kept:
        return {}
    names = [column.field.name for column in kept]
    found = rows.select(*names).mapInArrow(_counter(tuple(column.field for column in kept)), _COUNTED)
    sums = {
        row["rule"]: row["all"] for row in found.groupBy("rule").agg(F.sum("broken").alias("all")).collect()
    }
    return {breach: sums.get(at, 0) for at, breach in enumerate(breaches)}


def _counter(
    fields: Sequence[Field],
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def count(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        columns = [_Column(field, tuple(value_rules(field))) for field in fields]
        for batch in batches:
            broken = [
                number
                for column, values in zip(columns, batch.columns, strict=True)
                for number in column.broken(values)
            ]
            yield pa.RecordBatch.from_arrays(
                [pa.array(range(len(broken)), pa.int32()), pa.array(broken, pa.int64())], ["rule", "broken"]
            )

    return count


def _counted(values: pa.Array, field: Field) -> Iterable[tuple[Any, int]]:
    """Return values, with how often each is there."""
    if isinstance(field.type, Nested):
        return ((value, 1) for value in values.to_pylist())
    counts = pc.value_counts(as_read(values))
    return zip(counts.field(0).to_pylist(), counts.field(1).to_pylist(), strict=True)
