"""Records what the quality rules of a dataset measured, as `quality.results` does."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from datetime import UTC, datetime

import pyarrow as pa
from pyiceberg.catalog import Catalog

from lakehouse_etl.contract.table_rules import TableRule
from lakehouse_etl.judge.fields.arrow_types import arrow_type
from lakehouse_etl.native.rewriting import written
from lakehouse_etl.native.table import Table
from lakehouse_etl.quality.rows import KEPT, Row, note
from lakehouse_etl.tables import columns
from lakehouse_etl.tables.history import RUN_ID

_SCHEMA = pa.schema([(member.name, arrow_type(member.type)) for member in columns.RESULTS])


class Results:
    """The results table, as one run of one dataset writes it."""

    def __init__(self, catalog: Catalog, table: str, dataset: str, run_id: str) -> None:
        """Take the table's name, the dataset's id and the run's."""
        self._table = Table(catalog, table)
        self._dataset = dataset
        self._run_id = run_id

    def check(self) -> None:
        """Raise TableError if the table is missing or has other columns."""
        self._table.refresh()
        self._table.check(columns.RESULTS)

    def append(self, rows: Sequence[Row]) -> None:
        """Add rows in one commit; other datasets may do so at the same time."""
        self._append(rows, {})

    def append_passed(self, rows: Sequence[Row], snapshot_id: int, rules: tuple[TableRule, ...]) -> None:
        """Add rows, and note that no rule failed on a silver snapshot."""
        self._append(rows, {KEPT: note(self._dataset, snapshot_id, rules)})

    def have_passed(self, snapshot_id: int, rules: tuple[TableRule, ...]) -> bool:
        """Whether such a note exists about exactly these rules; it expires with its commit."""
        return note(self._dataset, snapshot_id, rules) in self._table.summaries(KEPT)

    def _append(self, rows: Sequence[Row], summary: Mapping[str, str]) -> None:
        now = datetime.now(UTC)
        values = [(self._dataset, self._run_id, now, *astuple(row)) for row in rows]
        named = [dict(zip(_SCHEMA.names, value, strict=True)) for value in values]
        added = written(self._table.iceberg, pa.Table.from_pylist(named, _SCHEMA))
        self._table.append({RUN_ID: self._run_id, **summary}, added)
