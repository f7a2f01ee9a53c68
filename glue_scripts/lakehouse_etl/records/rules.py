"""The rules of a contract about single values, as conditions under which a record is rejected."""

from collections.abc import Iterator
from functools import partial

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import (
    ArrayType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    NumericType,
    StringType,
    TimestampType,
)

from lakehouse_etl.contract.model import Bound, Field
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.records.part import Rule, text_name
from lakehouse_etl.records.values import beyond_calendar, is_inexact, lacks_required, overflows
from lakehouse_etl.tables.spark_types import INSTANTS, NESTED, spark_type


def source_rules(field: Field, source: Column, have: DataType) -> Iterator[Rule]:
    """Yield what a field's source must satisfy to become a value; the rules of a field are always as many.

    Args:
        field: Its own source is named by `text_name`, its value by its name.
        source: The field as it came, its texts if it came as the text of a nested type.
        have: Type of the source.
    """
    given, value = F.col(text_name(field.name)), F.col(field.name)
    breach = partial(_breach, field)
    if field.required:
        yield Rule(given.isNull(), breach("missing_required", "a value"))
    lost = given.isNotNull() & value.isNull()
    if isinstance(spark_type(field.type), NumericType):
        overflow = breach("overflow", f"a number that {field.type} holds")
        yield Rule(lost & overflows(source, have, spark_type(field.type)), overflow)
    if isinstance(spark_type(field.type), NESTED):
        yield Rule(
            lost | is_inexact(source, have, spark_type(field.type)), breach("wrong_type", _expected(field))
        )
    elif isinstance(spark_type(field.type), INSTANTS):
        beyond = beyond_calendar(value, spark_type(field.type))
        yield Rule(lost | beyond, breach("bad_timestamp", _expected(field)))
    else:
        # A text is of type string as it stands; a column of a Parquet file may not be.
        of_text = isinstance(spark_type(field.type), StringType) and isinstance(have, StringType)
        yield Rule(F.lit(False) if of_text else lost, breach("wrong_type", _expected(field)))
    lacking = lacks_required(value, spark_type(field.type))
    if lacking is not None:
        yield Rule(lacking, breach("missing_required", f"every required member of {field.type}"))


def value_rules(field: Field) -> Iterator[Rule]:
    """Yield what a field's typed value must satisfy."""
    value, checks = F.col(field.name), field.checks
    breach = partial(_breach, field)
    if checks.allowed is not None:
        yield Rule(~value.isin(*checks.allowed), breach("not_allowed", f"one of {', '.join(checks.allowed)}"))
    if checks.pattern is not None:
        yield Rule(~value.rlike(checks.pattern), breach("pattern_mismatch", f"a match of {checks.pattern}"))
    yield from _limits(field, value)
    yield from _lengths(field, value)


def _limits(field: Field, value: Column) -> Iterator[Rule]:
    checks, breach = field.checks, partial(_breach, field, "out_of_range")
    if checks.minimum is not None:
        yield Rule(value < _literal(field, checks.minimum), breach(f"at least {checks.minimum}"))
    if checks.maximum is not None:
        yield Rule(value > _literal(field, checks.maximum), breach(f"at most {checks.maximum}"))
    if (low := checks.exclusive_minimum) is not None:
        yield Rule(value <= _literal(field, low), breach(f"more than {low}"))
    if (high := checks.exclusive_maximum) is not None:
        yield Rule(value >= _literal(field, high), breach(f"less than {high}"))


def _literal(field: Field, bound: Bound) -> Column:
    if isinstance(bound, str):
        return F.lit(bound).cast(spark_type(field.type))
    # A decimal of Spark has 38 digits, and 1e-300 needs more.
    return F.lit(float(bound) if isinstance(spark_type(field.type), FloatType | DoubleType) else bound)


def _lengths(field: Field, value: Column) -> Iterator[Rule]:
    checks, breach = field.checks, partial(_breach, field, "bad_length")
    listed = isinstance(spark_type(field.type), ArrayType)
    length, unit = (F.array_size(value), "elements") if listed else (F.length(value), "characters")
    if checks.min_length is not None:
        yield Rule(length < checks.min_length, breach(f"at least {checks.min_length} {unit}"))
    if checks.max_length is not None:
        yield Rule(length > checks.max_length, breach(f"at most {checks.max_length} {unit}"))


def _breach(field: Field, reason: str, expected: str) -> Breach:
    return Breach(reason, f"{field.name}: expected {expected}")


def _expected(field: Field) -> str:
    name = str(field.type)
    match spark_type(field.type):
        case DecimalType():
            return f"{name} without rounding"
        case DateType():
            return "a date of the calendar, as 2026-01-31"
        case TimestampType():
            return f"{name}, as 2026-01-31T23:59:59Z"
        case _ if isinstance(spark_type(field.type), INSTANTS):
            return f"{name} without a zone, as 2026-01-31T23:59:59"
    return name
