"""Records what the quality rules of a dataset measured, as `quality.results` does."""

from collections.abc import Mapping, Sequence
from functools import partial

import pyarrow as pa
from pyiceberg.catalog import Catalog

from lakehouse_etl.contract.table_rules import TableRule
from lakehouse_etl.judge.fields.arrow_types import arrow_type
from lakehouse_etl.native.rewriting import written
from lakehouse_etl.native.table import Table
from lakehouse_etl.quality.ledger import Ledger, Values, at_once
from lakehouse_etl.quality.rows import KEPT, Row, has_note, note, values_of
from lakehouse_etl.tables import columns

_SCHEMA = pa.schema([(member.name, arrow_type(member.type)) for member in columns.RESULTS])


class Results:
    """The results table, as one run of one dataset writes it."""

    def __init__(
        self, catalog: Catalog, table: str, dataset: str, run_id: str, ledger: Ledger | None = None
    ) -> None:
        """Take the table's name, the dataset's id and the run's; without a ledger each append is a commit."""
        self._table = Table(catalog, table)
        self._dataset = dataset
        self._run_id = run_id
        self._record = ledger.add if ledger else at_once(run_id, partial(write, catalog))

    def check(self) -> None:
        """Raise TableError if the table is missing or has other columns."""
        self._table.refresh()
        self._table.check(columns.RESULTS)

    def append(self, rows: Sequence[Row]) -> None:
        """Add rows; other datasets may do so at the same time."""
        self._append(rows, None)

    def append_passed(self, rows: Sequence[Row], snapshot_id: int, rules: tuple[TableRule, ...]) -> None:
        """Add rows, and note that no rule failed on a silver snapshot."""
        self._append(rows, note(self._dataset, snapshot_id, rules))

    def have_passed(self, snapshot_id: int, rules: tuple[TableRule, ...]) -> bool:
        """Whether such a note exists about exactly these rules; it expires with its commit."""
        return has_note(self._table.summaries(KEPT), note(self._dataset, snapshot_id, rules))

    def _append(self, rows: Sequence[Row], kept: str | None) -> None:
        self._record(self._table.name, values_of(rows, self._dataset, self._run_id), kept)


def write(catalog: Catalog, table: str, rows: Sequence[Values], summary: Mapping[str, str]) -> None:
    """Add rows to a results table in one commit, whatever others add meanwhile."""
    target = Table(catalog, table)
    named = [dict(zip(_SCHEMA.names, row, strict=True)) for row in rows]
    target.append(summary, written(target.iceberg, pa.Table.from_pylist(named, _SCHEMA)))
