"""Files of changes for datasets that are kept equal to a table, in the layout of AWS DMS."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from lakehouse.model import Dataset
from local.bank_history import bank_history
from tools.records.dms_files import changes_name, load_name, parquet
from tools.records.source_table import Change, SourceTable
from tools.records.tables import generated_table

_DOMAIN = "bank"
_BATCH = 150


@dataclass(frozen=True)
class TableHistory:
    """A table as it is, a full load of it at an earlier time, and what happened since."""

    table: SourceTable
    load: list[Change]
    changes: list[Change]
    is_generated: bool


def replica_files(dataset: Dataset) -> tuple[dict[str, bytes], bool]:
    """Return files by their key in landing, and whether they were made from the contract.

    One file comes twice, and names do not tell an order that delivery would keep.

    Raises:
        ImpossibleDataError: No row can be made that the contract accepts.
    """
    history = history_of(dataset)
    return files_of(dataset, history.load, history.changes), history.is_generated


def history_of(dataset: Dataset) -> TableHistory:
    """Return the table that stands for a dataset's own.

    Raises:
        ImpossibleDataError: No row can be made that the contract accepts.
    """
    bank = bank_history()
    by_hand = dataset.domain == _DOMAIN and dataset.name in bank.tables
    if by_hand and _fits(dataset, bank.tables[dataset.name]):
        name = dataset.name
        return TableHistory(bank.tables[name], bank.loads[name], bank.changes(name), False)
    table, load = generated_table(dataset)
    later = [change for change in table.log if change.changed_at > load[0].changed_at]
    return TableHistory(table, load, later, True)


def files_of(dataset: Dataset, load: list[Change], log: Iterable[Change]) -> dict[str, bytes]:
    """Return the files of a full load in two parts and of changes, by their key in landing."""
    half = (len(load) + 1) // 2
    files = {load_name(number): part for number, part in enumerate((load[:half], load[half:]), 1) if part}
    whole = list(log)
    pieces = [whole[start : start + _BATCH] for start in range(0, len(whole), _BATCH)]
    for piece in pieces + pieces[:1]:
        files[changes_name(piece[-1].changed_at + timedelta(seconds=len(files)))] = piece
    fields, key = dataset.fields, dataset.key
    return {f"{dataset.id}/{name}": parquet(part, fields, key) for name, part in reversed(files.items())}


def _fits(dataset: Dataset, table: SourceTable) -> bool:
    """Whether a contract, which somebody may have changed, demands nothing that the table does not have."""
    columns = set(next(iter(table.rows.values())))
    return {column.name for column in dataset.fields if column.required} <= columns
