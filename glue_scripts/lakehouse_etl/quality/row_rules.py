"""The rules of a contract about single values, as conditions on rows that a table has."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DoubleType, FloatType

from lakehouse_etl.contract.model import Bound, Field
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.tables.spark_types import spark_type


@dataclass(frozen=True)
class Rule:
    """A condition under which a row breaks a contract."""

    broken: Column
    """Null counts as kept."""
    breach: Breach


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
