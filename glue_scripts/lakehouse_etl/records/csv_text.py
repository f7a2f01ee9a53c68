"""CSV records, read by `csv_objects`, into the parts that are judged."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.contract.reasons import MAX_RECORD_BYTES, Breach
from lakehouse_etl.records.part import LINE, Part, Rule, text_name
from lakehouse_etl.records.unknown_fields import unknown_field

FORM = "__form"
"""Column that tells what is wrong with a record as a whole: a fault of `csv_file`."""

RESCUED_TEXT = "__rescued"


def csv_part(records: DataFrame, dataset: Dataset) -> Part:
    """Return the records of objects, whatever their headers.

    The record hash covers the values that silver keeps in an order that does not depend on that of the
    columns.

    Args:
        records: `PROVENANCE`, `LINE` with the text of the record, `FORM`, `RESCUED_TEXT`, and a text column
            per field.
        dataset: Tells the fields.
    """
    # No text has a NUL, so null differs from any of them.
    values = [F.coalesce(F.col(text_name(field.name)), F.lit("\0")) for field in dataset.fields]
    rescued = F.col(RESCUED_TEXT) if dataset.rescues else None
    return Part(
        frame=records,
        raw=F.col(LINE),
        # A null leaves the hash as it is, so that rescuing nothing makes no record another one.
        record_hash=F.xxhash64(*values, *(() if rescued is None else (rescued,))),
        form=tuple(Rule(F.col(FORM) == fault, breach) for fault, breach in _breaches(dataset).items()),
        rescued=rescued,
    )


def _breaches(dataset: Dataset) -> dict[str, Breach]:
    anyone = min(field.name for field in dataset.fields)
    expected = {
        "unreadable_file": "expected a whole gzip file",
        "oversized_record": f"expected at most {MAX_RECORD_BYTES} bytes",
        "not_utf8": "expected UTF-8",
        "bad_header": f"expected a first line that names columns, such as {anyone}",
        "malformed_csv": "expected as many columns as in the header, quotes that match, and no NUL",
    }
    found = {fault: Breach(fault, text) for fault, text in expected.items()}
    for field in dataset.fields:
        if field.required:
            breach = Breach("missing_column", f"{field.name}: expected in the header")
            found[f"missing_column:{field.name}"] = breach
    if dataset.unknown_fields == "reject":
        found["unknown_field"] = unknown_field()
    return found
