"""Text columns into the columns of silver, each record judged by its contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakehouse_etl.model import Field
from lakehouse_etl.transforms.masking import masked
from lakehouse_etl.transforms.part import BLOCK, FAULT, HASH, NUMBER, RAW, SOURCE, Breach, Part, text_name
from lakehouse_etl.transforms.rules import Rule, text_rules, value_rules
from lakehouse_etl.transforms.values import value_of


@dataclass(frozen=True)
class Judged:
    """Records with their verdict."""

    frame: DataFrame
    """Masked fields, `_source_object` and `_record_hash`, as silver has them; then block, number, fault and
    raw text. The fault and the raw text of a good record are null."""
    breaches: tuple[Breach, ...]
    """What a fault stands for: its index in here."""


def judge(parts: Sequence[Part], fields: Sequence[Field]) -> Judged:
    """Return the records of all parts, judged.

    A record's fault is the first that applies: its form, then each field in the order of the contract.
    """
    rules = [rule for field in fields for rule in (*text_rules(field), *value_rules(field))]
    frames = [_judge(part, index, fields, rules, len(parts)) for index, part in enumerate(parts)]
    breaches = (*(part.breach for part in parts), *(rule.breach for rule in rules))
    return Judged(reduce(DataFrame.unionByName, frames), breaches)


def _judge(part: Part, own: int, fields: Sequence[Field], rules: Sequence[Rule], first: int) -> DataFrame:
    values = [value_of(text_name(field.name), field.type).alias(field.name) for field in fields]
    faults = [F.when(part.broken, F.lit(own))]
    faults += [F.when(rule.broken, F.lit(index)) for index, rule in enumerate(rules, start=first)]
    judged = part.frame.select("*", *values).withColumn(FAULT, F.coalesce(*faults))
    return judged.select(
        *(masked(field).alias(field.name) for field in fields),
        SOURCE,
        part.record_hash.alias(HASH),
        BLOCK,
        NUMBER,
        FAULT,
        F.when(F.col(FAULT).isNotNull(), _readable(part.raw)).alias(RAW),
    )


def _readable(raw: Column) -> Column:
    """Replace bytes that are no UTF-8: readers of Parquet refuse them."""
    return F.decode(raw.cast("binary"), "UTF-8")
