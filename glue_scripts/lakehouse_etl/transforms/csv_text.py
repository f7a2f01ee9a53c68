"""CSV records into text columns, mapped by the names in the header."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakehouse_etl.model import Dataset, Field
from lakehouse_etl.transforms.part import LINE, PROVENANCE, SOURCE, Breach, Part, Rule, text_name

CORRUPT = "__corrupt"
"""Column in which Spark puts the text of a record that does not fit the header."""


def header_name(index: int) -> str:
    """Name the column that holds the text under the header's column of this index."""
    return f"__column_{index}"


def csv_part(records: DataFrame, header: Sequence[str], dataset: Dataset) -> Part:
    """Return the records of objects that share a header.

    The record hash covers the values that silver keeps in an order that does not depend on that of the
    columns, and `raw` is the record with no more quotes than it needs.

    Args:
        records: `CORRUPT`, `PROVENANCE` and a text column per column of the header.
        header: Names in the header; fields that it lacks are null.
        dataset: Tells the fields, the null token, and what becomes of other columns.
    """
    null_token = dataset.bronze.null_token
    columns = [header_name(index) for index in range(len(header))]
    texts = [_text(field.name, header, null_token).alias(text_name(field.name)) for field in dataset.fields]
    raw = F.to_csv(F.struct(*columns), {"escape": '"', "nullValue": "", "emptyValue": ""})
    values = [F.coalesce(F.col(text_name(field.name)), F.lit("\0")) for field in dataset.fields]
    rescued = _rescued(header, dataset) if dataset.rescues else None
    return Part(
        frame=records.select(CORRUPT, *PROVENANCE, *columns, *texts),
        raw=F.coalesce(F.col(CORRUPT), raw),
        # A null leaves the hash as it is, so that rescuing nothing makes no record another one.
        record_hash=F.xxhash64(*values, *(() if rescued is None else (rescued,))),
        form=(
            Rule(
                F.col(CORRUPT).isNotNull(),
                Breach("malformed_csv", f"expected {len(header)} columns, as in the header"),
            ),
        ),
        rescued=rescued,
    )


def refused_part(lines: DataFrame, fields: Sequence[Field], breach: Breach) -> Part:
    """Return the lines of objects whose header is of no use, the header among them.

    Args:
        lines: `LINE` and `PROVENANCE`.
        fields: Fields of the contract.
        breach: What is wrong with the header.
    """
    nulls = [F.lit(None).cast("string").alias(text_name(field.name)) for field in fields]
    return Part(
        frame=lines.select(LINE, *PROVENANCE, *nulls),
        raw=F.col(LINE),
        record_hash=F.xxhash64(LINE),
        form=(Rule(F.col(SOURCE).isNotNull(), breach),),
    )


def _text(name: str, header: Sequence[str], null_token: str | None) -> Column:
    if name not in header:
        return F.lit(None).cast("string")
    column = F.col(header_name(header.index(name)))
    return column if null_token is None else F.when(column != null_token, column)


def _rescued(header: Sequence[str], dataset: Dataset) -> Column | None:
    """The columns that the contract does not name, without those that are null, sorted by name."""
    unknown = sorted(set(header) - {field.name for field in dataset.fields})
    if not unknown:
        return None
    texts = [_text(name, header, dataset.bronze.null_token).alias(name) for name in unknown]
    return F.when(F.coalesce(*texts).isNotNull(), F.to_json(F.struct(*texts), {"ignoreNullFields": "true"}))
