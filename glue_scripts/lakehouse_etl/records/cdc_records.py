"""Records that tell a change of a database table, as AWS DMS writes them.

Beside the columns of the table they tell the operation, the order of the change and, of an update, the key
as it was before. https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.S3.html
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from pyspark.sql import Column
from pyspark.sql import functions as F

from lakehouse_etl.contract.model import Changes, Checks, Dataset, Field
from lakehouse_etl.contract.types import STRING, TIMESTAMP
from lakehouse_etl.records.part import SOURCE

INSERTED, UPDATED, DELETED = "I", "U", "D"

_SEQUENCE = r"^[0-9]{35}$"
"""Of equal length, so that the order of the texts is that of the numbers.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Expressions.html
"""

_LOAD = r"(^|/)LOAD[0-9A-F]{8}[^/]*$"
"""Names of the files of a full load, LOAD00000001.parquet and so on; the landing router adds to their end."""


def of_load(name: str) -> bool:
    """Whether an object holds rows of a full load, by its name."""
    return re.search(_LOAD, name) is not None


def is_of_load() -> Column:
    """Return whether a record is a row of a full load."""
    return F.col(SOURCE).rlike(_LOAD)


def as_written(dataset: Dataset, changes: Changes) -> Dataset:
    """Return the dataset with the fields that its files have, those of the key before an update included.

    They are read, judged and masked like any other field, so that a key before and after compares.
    """
    system = (
        Field(changes.operation, STRING, True, checks=Checks(allowed=(INSERTED, UPDATED, DELETED))),
        Field(changes.changed_at, TIMESTAMP, True),
        Field(changes.sequence, STRING, True, checks=Checks(pattern=_SEQUENCE)),
    )
    before = tuple(
        replace(field, name=changes.before + field.name, required=False)
        for field in dataset.fields
        if field.name in dataset.key
    )
    return replace(dataset, fields=(*system, *dataset.fields, *before), changes=None)


def waived(dataset: Dataset, changes: Changes) -> Mapping[str, Column]:
    """Return by field when its rules do not count.

    A delete brings its key alone where the source logs no more (PostgreSQL by default), and a row of a full
    load has no place in the order of changes.
    """
    deletes = F.coalesce(F.col(changes.operation) == DELETED, F.lit(False))
    rest = {field.name: deletes for field in dataset.fields if field.name not in dataset.key}
    return {**rest, changes.sequence: is_of_load()}
