"""Objects that tell changes of a database table, as AWS DMS writes them.

Beside the columns of the table they tell the operation, the order of the change and, of an update, the key
as it was before. https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.S3.html
"""

import re
from dataclasses import replace

from lakehouse_etl.contract.model import Changes, Checks, Dataset, Field
from lakehouse_etl.contract.types import STRING, TIMESTAMP

INSERTED, UPDATED, DELETED = "I", "U", "D"

_SEQUENCE = r"^[0-9]{35}$"
"""Of equal length, so that the order of the texts is that of the numbers.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Expressions.html
"""

LOAD = r"(^|/)LOAD[0-9A-F]{8}[^/]*$"
"""Names of the files of a full load, LOAD00000001.parquet and so on; the landing router adds to their end."""


def of_load(name: str) -> bool:
    """Whether an object holds rows of a full load, by its name."""
    return re.search(LOAD, name) is not None


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
        replace(
            field,
            name=changes.before + field.name,
            physical_name=changes.before + field.source_name,
            required=False,
        )
        for field in dataset.fields
        if field.name in dataset.key
    )
    return replace(dataset, fields=(*system, *dataset.fields, *before), changes=None)
