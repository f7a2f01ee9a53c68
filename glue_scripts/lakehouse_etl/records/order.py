"""Which record of a key wins: always the same one, in whatever order records come.

| write | with `order_by` | without |
|---|---|---|
| merge, overwrite | greatest `order_by`, then greatest record hash, then first place | last place |
| append | smallest `order_by`, then smallest record hash, then first place | first place |

A place is the URI of the object, which begins with the hour of its ingestion, and the position in it. A row
of the table was the best of its object, so the objects alone decide between it and a record of another; under
append it stays.
"""

from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.records.part import HASH, SOURCE


def version_columns(dataset: Dataset) -> tuple[str, ...]:
    """Return the columns by which two versions of a key in different objects compare."""
    return (*dataset.order_by, HASH) if dataset.order_by else (SOURCE,)


def last_place_wins(dataset: Dataset) -> bool:
    """Whether of records that compare equal, but for their places, the last one wins."""
    return not dataset.order_by and dataset.write != "append"
