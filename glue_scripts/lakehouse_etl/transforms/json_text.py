"""JSON lines into text columns."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DecimalType, StringType, StructField, StructType

from lakehouse_etl.model import Dataset, Field
from lakehouse_etl.transforms.part import LINE, PROVENANCE, Breach, Part, Rule, text_name
from lakehouse_etl.transforms.unknown_fields import has_unknown, unknown_field, unknown_object

_OPTIONS = {
    "columnNameOfCorruptRecord": "__corrupt",
    "allowSingleQuotes": "false",
    "allowNonNumericNumbers": "false",
}

_DOUBLE_DIGITS = 15
"""Digits that every JSON reader keeps: https://datatracker.ietf.org/doc/html/rfc8259#section-6"""


def json_part(lines: DataFrame, dataset: Dataset) -> Part:
    """Return the records of JSON lines.

    Args:
        lines: `LINE` and `PROVENANCE`.
        dataset: Tells the fields, and what becomes of others.
    """
    fields, names = dataset.fields, [field.name for field in dataset.fields]
    schema = StructType([StructField(name, StringType()) for name in names])
    schema.add("__corrupt", StringType())
    parsed = lines.select(LINE, *PROVENANCE, F.from_json(LINE, schema, _OPTIONS).alias("__parsed"))
    texts = [_text(field).alias(text_name(field.name)) for field in fields]
    form = [_single_object()]
    if dataset.unknown_fields == "reject":
        form.append(Rule(has_unknown(F.col(LINE), names), unknown_field()))
    return Part(
        frame=parsed.select(LINE, *PROVENANCE, F.col("__parsed.__corrupt"), *texts),
        raw=F.col(LINE),
        record_hash=F.xxhash64(LINE),
        form=tuple(form),
        rescued=unknown_object(F.col(LINE), names) if dataset.rescues else None,
    )


def _single_object() -> Rule:
    """The line must be one JSON object: Spark's parser ignores what follows the first value."""
    line = F.col(LINE)
    # A line that ends with its only closing brace holds a single flat object, if it is JSON at all.
    flat = line.endswith("}") & (F.substring_index(line, "}", -2) == line)
    single = F.coalesce(F.json_array_length(F.concat(F.lit("["), line, F.lit("]"))), F.lit(0)) == 1
    return Rule(
        F.col("__corrupt").isNotNull() | (~flat & ~single),
        Breach("malformed_json", "expected one JSON object on a line"),
    )


def _text(field: Field) -> Column:
    text = F.col("__parsed").getField(field.name)
    if isinstance(field.type, DecimalType) and field.type.precision > _DOUBLE_DIGITS:
        # Spark reads a JSON number as a double, so digits may be lost before anyone can see them.
        digits = F.length(F.regexp_replace(text, r"^[-+0.]*|[eE].*$|\.", ""))
        quoted = F.col(LINE).rlike(rf'"\Q{field.name}\E"\s*:\s*"')
        return F.when((digits > _DOUBLE_DIGITS) & ~quoted, F.lit("a number of too many digits")).otherwise(
            text
        )
    return text
