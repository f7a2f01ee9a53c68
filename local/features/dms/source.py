"""The source database: there is no PostgreSQL on the laptop yet, only sample tables.

Each dataset of mode `cdc` of this project's contracts has one, as `local.replica_samples` makes it, under the
schema and name that its contract says. Time in this database is its own: the first load sees it as it was
some days ago, and the changes since then follow. The endpoint's server, database and secret are not asked.
"""

from dataclasses import dataclass

from config.load import PROJECT_ROOT
from lakehouse import cdc
from lakehouse.dms import replicas
from lakehouse.fields import Field
from lakehouse.odcs import load_lake
from local.features.dms.state import Table
from local.replica_samples import TableHistory, history_of
from tools.records.source_table import Change


@dataclass(frozen=True)
class Sample:
    """A table of the source."""

    fields: tuple[Field, ...]
    key: tuple[str, ...]
    history: TableHistory

    def load(self, *, again: bool) -> tuple[list[Change], int]:
        """Return the rows of a full load, and how many changes they hold already."""
        if again:
            return self.history.table.full_load(), len(self.history.changes)
        return self.history.load, 0


def tables() -> dict[Table, Sample]:
    """Return the tables of the source.

    Raises:
        InvalidInputError: A contract is wrong.
        ImpossibleDataError: No row can be made that a contract accepts.
    """
    found = {}
    for dataset in replicas(load_lake(PROJECT_ROOT)):
        source = cdc.source_of(dataset)
        sample = Sample(tuple(dataset.fields), tuple(dataset.key), history_of(dataset))
        found[source.schema, source.table] = sample
    return found
