"""CSV records into text columns, mapped by the names in the header."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakehouse_etl.model import Field
from lakehouse_etl.transforms.part import PROVENANCE, SOURCE, Breach, Part, text_name

CORRUPT = "__corrupt"
"""Column in which Spark puts the text of a record that does not fit the header."""


def header_name(index: int) -> str:
    """Name the column that holds the text under the header's column of this index."""
    return f"__column_{index}"


def csv_part(
    records: DataFrame, header: Sequence[str], fields: Sequence[Field], null_token: str | None
) -> Part:
    """Return the records of objects that share a header.

    The record hash covers the values in the order of the contract, so that it does not depend on the order
    of the columns, and `raw` is the record with no more quotes than it needs.

    Args:
        records: `CORRUPT`, `PROVENANCE` and a text column per column of the header.
        header: Names in the header.
        fields: Fields of the contract; those that the header lacks are null.
        null_token: Text that stands for null, beside the empty text.
    """
    columns = [header_name(index) for index in range(len(header))]
    texts = [_text(field.name, header, null_token).alias(text_name(field.name)) for field in fields]
    raw = F.to_csv(F.struct(*columns), {"escape": '"', "nullValue": "", "emptyValue": ""})
    values = [F.coalesce(F.col(text_name(field.name)), F.lit("\0")) for field in fields]
    return Part(
        frame=records.select(CORRUPT, *PROVENANCE, *columns, *texts),
        raw=F.coalesce(F.col(CORRUPT), raw),
        record_hash=F.xxhash64(*values),
        broken=F.col(CORRUPT).isNotNull(),
        breach=Breach("malformed_csv", f"expected {len(header)} columns, as in the header"),
    )


def refused_part(lines: DataFrame, fields: Sequence[Field], breach: Breach) -> Part:
    """Return the lines of objects whose header is of no use, the header among them.

    Args:
        lines: `value` and `PROVENANCE`.
        fields: Fields of the contract.
        breach: What is wrong with the header.
    """
    nulls = [F.lit(None).cast("string").alias(text_name(field.name)) for field in fields]
    return Part(
        frame=lines.select("value", *PROVENANCE, *nulls),
        raw=F.col("value"),
        record_hash=F.xxhash64("value"),
        broken=F.col(SOURCE).isNotNull(),
        breach=breach,
    )


def _text(name: str, header: Sequence[str], null_token: str | None) -> Column:
    if name not in header:
        return F.lit(None).cast("string")
    column = F.col(header_name(header.index(name)))
    return column if null_token is None else F.when(column != null_token, column)
