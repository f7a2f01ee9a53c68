"""JSON lines into text columns."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DecimalType, StringType, StructField, StructType

from lakehouse_etl.model import Field
from lakehouse_etl.transforms.part import PROVENANCE, Breach, Part, text_name

_OPTIONS = {
    "columnNameOfCorruptRecord": "__corrupt",
    "allowSingleQuotes": "false",
    "allowNonNumericNumbers": "false",
}

_DOUBLE_DIGITS = 15
"""Digits that every JSON reader keeps: https://datatracker.ietf.org/doc/html/rfc8259#section-6"""


def json_part(lines: DataFrame, fields: Sequence[Field]) -> Part:
    """Return the records of JSON lines.

    Args:
        lines: `value` and `PROVENANCE`.
        fields: Fields of the contract; others are ignored.
    """
    schema = StructType([StructField(field.name, StringType()) for field in fields])
    schema.add("__corrupt", StringType())
    parsed = lines.select("value", *PROVENANCE, F.from_json("value", schema, _OPTIONS).alias("__parsed"))
    texts = [_text(field).alias(text_name(field.name)) for field in fields]
    return Part(
        frame=parsed.select("value", *PROVENANCE, F.col("__parsed.__corrupt"), *texts),
        raw=F.col("value"),
        record_hash=F.xxhash64("value"),
        broken=F.col("__corrupt").isNotNull() | (_is_followed() & ~_is_single()),
        breach=Breach("malformed_json", "expected one JSON object on a line"),
    )


def _is_followed() -> Column:
    """Whether anything stands behind a closing brace; if not, the line holds a single flat object."""
    return F.col("value").rlike(r"\}.")


def _is_single() -> Column:
    """Whether the line is one JSON value: Spark's parser ignores what follows the first one."""
    return F.expr("coalesce(json_array_length(concat('[', value, ']')), 0) = 1")


def _text(field: Field) -> Column:
    text = F.col("__parsed").getField(field.name)
    if isinstance(field.type, DecimalType) and field.type.precision > _DOUBLE_DIGITS:
        # Spark reads a JSON number as a double, so digits may be lost before anyone can see them.
        digits = F.length(F.regexp_replace(text, r"^[-+0.]*|[eE].*$|\.", ""))
        quoted = F.col("value").rlike(rf'"\Q{field.name}\E"\s*:\s*"')
        return F.when((digits > _DOUBLE_DIGITS) & ~quoted, F.lit("a number of too many digits")).otherwise(
            text
        )
    return text
