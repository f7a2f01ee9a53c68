"""The source database: there is no PostgreSQL on the laptop yet, only sample tables.

Each dataset of this project's contracts that `dms` feeds has one, of samples that were made by hand, else of
some that are made from its contract, under the schema and name that its contract says. Time in this database
is its own: the first load sees it as it was some days ago, and the changes since then follow. The endpoint's
server, database and secret are not asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Dataset
from lakehouse.model.fields import Field
from lakehouse.odcs.lake.load import load_lake
from local.features.dms.state import Table
from local.feed.finder import LakeSamples, find_samples
from local.feed.samples import Changes
from stacks.features.dms.source import replicas
from tools.records.source_table import Change, SourceTable
from tools.records.tables import generated_table


@dataclass(frozen=True)
class Sample:
    """A table of the source: as it was at the first load, and what happened since."""

    fields: tuple[Field, ...]
    key: tuple[str, ...]
    loaded: Sequence[Change]
    changes: Sequence[Change]

    def load(self, *, again: bool) -> tuple[list[Change], int]:
        """Return the rows of a full load, and how many changes they hold already."""
        if again:
            return self._now().full_load(), len(self.changes)
        return list(self.loaded), 0

    def _now(self) -> SourceTable:
        table = SourceTable(self.key, self.loaded[0].changed_at)
        for change in (*self.loaded, *self.changes):
            table.now = change.changed_at
            match change.operation:
                case "I":
                    table.insert(change.row)
                case "U":
                    table.update(table.key_of(change.before or change.row), change.row)
                case "D":
                    table.delete(table.key_of(change.row))
        return table


def sample_of(dataset: Dataset, samples: LakeSamples) -> Sample:
    """Return the table that stands for a dataset's own.

    Raises:
        ImpossibleDataError: No row can be made that the contract accepts.
    """
    made = samples.of(dataset)
    if isinstance(made, Changes):
        load, changes = made.load, made.log
    else:
        table, load = generated_table(dataset)
        changes = [change for change in table.log if change.changed_at > load[0].changed_at]
    return Sample(tuple(dataset.fields), tuple(dataset.key), load, changes)


def tables() -> dict[Table, Sample]:
    """Return the tables of the source.

    Raises:
        InvalidInputError: A contract is wrong.
        ImpossibleDataError: No row can be made that a contract accepts.
    """
    lake = load_lake(PROJECT_ROOT)
    samples = find_samples(lake)
    return {
        (table.schema, table.table): sample_of(dataset, samples)
        for dataset, table in replicas(lake.datasets).items()
    }
