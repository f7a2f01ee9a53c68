"""Files of changes for datasets that are kept equal to a table, in the layout of AWS DMS."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from lakehouse.model.dataset import Dataset
from local.feed.samples import Changes
from tools.records.files.dms_files import changes_name, load_name, parquet
from tools.records.source_table import Change
from tools.records.tables import generated_table

_BATCH = 150


def replica_files(dataset: Dataset, made: Changes | None) -> dict[str, bytes]:
    """Return files by their key in landing: of changes that were made by hand, else of others.

    One file comes twice, and names do not tell an order that delivery would keep.

    Raises:
        ImpossibleDataError: No row can be made that the contract accepts.
    """
    if made:
        return files_of(dataset, made.load, made.log)
    table, load = generated_table(dataset)
    later = [change for change in table.log if change.changed_at > load[0].changed_at]
    return files_of(dataset, load, later)


def files_of(dataset: Dataset, load: Sequence[Change], log: Iterable[Change]) -> dict[str, bytes]:
    """Return the files of a full load in two parts and of changes, by their key in landing."""
    half = (len(load) + 1) // 2
    files = {load_name(number): part for number, part in enumerate((load[:half], load[half:]), 1) if part}
    whole = list(log)
    pieces = [whole[start : start + _BATCH] for start in range(0, len(whole), _BATCH)]
    for piece in pieces + pieces[:1]:
        files[changes_name(piece[-1].changed_at + timedelta(seconds=len(files)))] = piece
    fields, key = dataset.fields, dataset.key
    return {f"{dataset.id}/{name}": parquet(part, fields, key) for name, part in reversed(files.items())}
