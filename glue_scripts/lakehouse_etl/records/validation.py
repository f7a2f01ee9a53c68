"""What came of records into the columns of silver, each record judged by its contract."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from types import MappingProxyType

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DataType, StringType

from lakehouse_etl.contract.model import Dataset, Field
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.records.masking import masked
from lakehouse_etl.records.part import (
    BLOCK,
    FAULT,
    HASH,
    NUMBER,
    RAW,
    RESCUED,
    SOURCE,
    Part,
    Rule,
    source_name,
    text_name,
)
from lakehouse_etl.records.rules import source_rules, value_rules
from lakehouse_etl.records.values import texts_of, unwrapped, value_of, wrapped
from lakehouse_etl.tables.spark_types import NESTED, spark_type

Source = tuple[Column, DataType]
"""A field as it came, and its type."""


@dataclass(frozen=True)
class Judged:
    """Records with their verdict."""

    frame: DataFrame
    """The columns of silver, the fields masked; then block, number, fault and raw text. The fault and the raw
    text of a good record are null."""
    breaches: tuple[Breach, ...]
    """What a fault stands for: its index in here."""


def judge(
    parts: Sequence[Part], dataset: Dataset, waived: Mapping[str, Column] = MappingProxyType({})
) -> Judged:
    """Return the records of all parts, judged.

    A record's fault is the first that applies: its form, then each field in the order of the contract.
    `waived` tells by field for which records its rules do not count.
    """
    forms = [rule for part in parts for rule in part.form]
    frames, first, values = [], 0, []
    for part in parts:
        sources = {field.name: _source(part, field) for field in dataset.fields}
        values = [
            rule
            for field in dataset.fields
            for rule in _rules(field, sources[field.name], waived.get(field.name))
        ]
        rules = [*enumerate(part.form, start=first), *enumerate(values, start=len(forms))]
        frames.append(_judge(part, dataset, sources, rules))
        first += len(part.form)
    return Judged(reduce(DataFrame.unionByName, frames), tuple(rule.breach for rule in (*forms, *values)))


def _source(part: Part, field: Field) -> Source:
    if _comes_as_text(part, field):
        return F.col(source_name(field.name)), texts_of(spark_type(field.type))
    return F.col(text_name(field.name)), part.frame.schema[text_name(field.name)].dataType


def _comes_as_text(part: Part, field: Field) -> bool:
    """Whether a nested field is still to be read."""
    have = part.frame.schema[text_name(field.name)].dataType
    return isinstance(spark_type(field.type), NESTED) and isinstance(have, StringType)


def _rules(field: Field, source: Source, waived: Column | None) -> Iterator[Rule]:
    for rule in (*source_rules(field, *source), *value_rules(field)):
        yield rule if waived is None else replace(rule, broken=rule.broken & ~waived)


def _judge(
    part: Part, dataset: Dataset, sources: Mapping[str, Source], rules: Sequence[tuple[int, Rule]]
) -> DataFrame:
    nested = [field for field in dataset.fields if _comes_as_text(part, field)]
    names = [source_name(field.name) for field in nested]
    frame = part.frame.select(
        "*",
        *(
            wrapped(F.col(text_name(field.name)), texts_of(spark_type(field.type))).alias(name)
            for field, name in zip(nested, names, strict=True)
        ),
    ).select(*part.frame.columns, *(unwrapped(F.col(name)).alias(name) for name in names))
    values = [
        value_of(*sources[field.name], spark_type(field.type)).alias(field.name) for field in dataset.fields
    ]
    fault = F.coalesce(*(F.when(rule.broken, F.lit(index)) for index, rule in rules))
    judged = frame.select("*", *values).withColumn(FAULT, fault)
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
