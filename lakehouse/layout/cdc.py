"""How a database table's changes are written: the one place that names what AWS DMS adds to a row.

Columns of contracts begin with a letter, so none of these can be one of theirs, but for the operation.
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.S3.html
"""

from config.naming import Naming
from lakehouse.model.dataset import Content, Dataset, Layer
from lakehouse.model.fields import Field, Scalar

OPERATION = "Op"
"""Column that DMS adds by itself: I (inserted), U (updated) or D (deleted)."""

CHANGED_AT = "_changed_at"
"""Commit of the change at the source; of a row of a full load, the start of the load."""

SEQUENCE = "_change_seq"
"""Number that grows from change to change, 35 digits; of a row of a full load it is empty."""

BEFORE = "_before_"
"""Prefix of the key columns as they were before an update."""

DELETED_SUFFIX = "_deleted"
"""End of the name of the table, beside a dataset's own, that remembers deleted keys."""

SYSTEM_FIELDS = (
    Field(CHANGED_AT, Scalar.TIMESTAMPTZ, False, "commit at the source, or start of the full load"),
    Field(SEQUENCE, Scalar.STRING, False, "orders changes of one commit; empty in rows of a full load"),
)
"""What silver tells about the change that a row comes from; nothing older may replace it."""

_SOURCE_OBJECT = Field(
    "_source_object", Scalar.STRING, False, "S3 URI of the bronze object that tells of the deletion"
)


def is_replica(dataset: Dataset) -> bool:
    """Whether the dataset is kept equal to a table of a database."""
    return dataset.ingestion is not None and dataset.ingestion.content is Content.CHANGES


def bronze_fields(dataset: Dataset) -> tuple[Field, ...]:
    """Return the columns that files of changes have beside those of the contract."""
    kinds = {field.name: field for field in dataset.fields}
    return (
        Field(OPERATION.lower(), Scalar.STRING, False, "I inserted, U updated, D deleted"),
        Field(CHANGED_AT, Scalar.STRING, False, "commit at the source in UTC, or start of the full load"),
        Field(SEQUENCE, Scalar.STRING, False, "orders changes of one commit; empty in a full load"),
        *(
            Field(
                f"{BEFORE}{name}",
                kinds[name].type,
                False,
                f"{name} before the update",
                physical_name=f"{BEFORE}{kinds[name].source_name}",
            )
            for name in dataset.key
        ),
    )


def deleted_fields(dataset: Dataset) -> tuple[Field, ...]:
    """Return the columns of the table of deleted keys."""
    kinds = {field.name: field for field in dataset.fields}
    return (*(kinds[name] for name in dataset.key), *SYSTEM_FIELDS, _SOURCE_OBJECT)


def deleted_name(dataset: Dataset) -> str:
    """Name the table of deleted keys, without its database."""
    return f"{dataset.name}{DELETED_SUFFIX}"


def silver_tables(dataset: Dataset) -> tuple[str, ...]:
    """Return the tables that the dataset has in silver, as `<domain>/<table>`."""
    if dataset.layer is not Layer.SILVER:
        return ()
    return (dataset.id, f"{dataset.domain}/{deleted_name(dataset)}") if is_replica(dataset) else (dataset.id,)


def deleted_table(dataset: Dataset, naming: Naming) -> str:
    """Name the table of deleted keys with its database."""
    return f"{naming.database(Layer.SILVER, dataset.domain)}.{deleted_name(dataset)}"
