"""Text columns into the columns of silver, each record judged by its contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakehouse_etl.model import Dataset
from lakehouse_etl.transforms.masking import masked
from lakehouse_etl.transforms.part import (
    BLOCK,
    FAULT,
    HASH,
    NUMBER,
    RAW,
    RESCUED,
    SOURCE,
    Breach,
    Part,
    Rule,
    text_name,
)
from lakehouse_etl.transforms.rules import text_rules, value_rules
from lakehouse_etl.transforms.values import value_of


@dataclass(frozen=True)
class Judged:
    """Records with their verdict."""

    frame: DataFrame
    """The columns of silver, the fields masked; then block, number, fault and raw text. The fault and the raw
    text of a good record are null."""
    breaches: tuple[Breach, ...]
    """What a fault stands for: its index in here."""


def judge(parts: Sequence[Part], dataset: Dataset) -> Judged:
    """Return the records of all parts, judged.

    A record's fault is the first that applies: its form, then each field in the order of the contract.
    """
    values = [rule for field in dataset.fields for rule in (*text_rules(field), *value_rules(field))]
    forms = [rule for part in parts for rule in part.form]
    frames, first = [], 0
    for part in parts:
        rules = [*enumerate(part.form, start=first), *enumerate(values, start=len(forms))]
        frames.append(_judge(part, dataset, rules))
        first += len(part.form)
    return Judged(reduce(DataFrame.unionByName, frames), tuple(rule.breach for rule in (*forms, *values)))


def _judge(part: Part, dataset: Dataset, rules: Sequence[tuple[int, Rule]]) -> DataFrame:
    values = [value_of(text_name(field.name), field.type).alias(field.name) for field in dataset.fields]
    fault = F.coalesce(*(F.when(rule.broken, F.lit(index)) for index, rule in rules))
    judged = part.frame.select("*", *values).withColumn(FAULT, fault)
    rescued = F.lit(None).cast("string") if part.rescued is None else part.rescued
    return judged.select(
        *(masked(field).alias(field.name) for field in dataset.fields),
        SOURCE,
        part.record_hash.alias(HASH),
        *((rescued.alias(RESCUED),) if dataset.rescues else ()),
        BLOCK,
        NUMBER,
        FAULT,
        F.when(F.col(FAULT).isNotNull(), _readable(part.raw)).alias(RAW),
    )


def _readable(raw: Column) -> Column:
    """Replace bytes that are no UTF-8: readers of Parquet refuse them."""
    return F.decode(raw.cast("binary"), "UTF-8")
