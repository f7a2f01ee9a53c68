"""The rules of a contract about single values, as conditions under which a record is rejected."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import DecimalType

from lakehouse_etl.iceberg_types import NESTED, type_name
from lakehouse_etl.model import Checks, Field
from lakehouse_etl.transforms.part import Breach, text_name
from lakehouse_etl.transforms.values import lacks_required


@dataclass(frozen=True)
class Rule:
    """A condition on a row that has a field's text and its typed value."""

    broken: Column
    """Null counts as kept."""
    breach: Breach


def text_rules(field: Field) -> Iterator[Rule]:
    """Yield what a field's text must satisfy to become a value."""
    text, value = F.col(text_name(field.name)), F.col(field.name)
    breach = partial(_breach, field)
    if field.required:
        yield Rule(text.isNull(), breach("missing_required", "a value"))
    yield Rule(text.isNotNull() & value.isNull(), breach("wrong_type", _expected(field)))
    if isinstance(field.type, NESTED):
        lacking = lacks_required(value, field.type)
        if lacking is not None:
            yield Rule(
                lacking, breach("missing_required", f"every required member of {type_name(field.type)}")
            )


def value_rules(field: Field) -> Iterator[Rule]:
    """Yield what a field's typed value must satisfy."""
    value, checks = F.col(field.name), field.checks
    breach = partial(_breach, field)
    if checks.allowed is not None:
        yield Rule(~value.isin(*checks.allowed), breach("not_allowed", f"one of {', '.join(checks.allowed)}"))
    if checks.pattern is not None:
        yield Rule(~value.rlike(checks.pattern), breach("pattern_mismatch", f"a match of {checks.pattern}"))
    yield from _limits(field, value, checks)
    length = F.length(value)
    if checks.min_length is not None:
        yield Rule(
            length < checks.min_length, breach("bad_length", f"at least {checks.min_length} characters")
        )
    if checks.max_length is not None:
        yield Rule(
            length > checks.max_length, breach("bad_length", f"at most {checks.max_length} characters")
        )


def _limits(field: Field, value: Column, checks: Checks) -> Iterator[Rule]:
    if checks.minimum is not None:
        yield Rule(
            value < F.lit(checks.minimum), _breach(field, "out_of_range", f"at least {checks.minimum}")
        )
    if checks.maximum is not None:
        yield Rule(value > F.lit(checks.maximum), _breach(field, "out_of_range", f"at most {checks.maximum}"))


def _breach(field: Field, reason: str, expected: str) -> Breach:
    return Breach(reason, f"{field.name}: expected {expected}")


def _expected(field: Field) -> str:
    if isinstance(field.type, DecimalType):
        return f"{type_name(field.type)} without rounding; JSON numbers have at most 15 digits, texts any"
    return type_name(field.type)
