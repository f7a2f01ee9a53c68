"""What snapshot summaries say of every table."""

from collections.abc import Sequence

from lakehouse_etl.tables.table import Snapshot

RUN_ID = "lake.run-id"
"""Property of a commit: the run that made it."""


def is_empty(history: Sequence[Snapshot]) -> bool:
    """Whether a table holds no row."""
    return not history or int(history[0].summary["total-records"]) == 0
