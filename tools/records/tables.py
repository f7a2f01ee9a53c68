"""A database table with a history, made from a contract alone."""

import random
from datetime import UTC, datetime, timedelta

from lakehouse.model.dataset import Dataset
from tools.records.promises import unwanted_texts
from tools.records.rows import Rows
from tools.records.source_table import Change, SourceTable
from tools.records.values import ImpossibleDataError, Values

_START = datetime(2026, 1, 5, tzinfo=UTC)
_ROWS = 150


def generated_table(dataset: Dataset) -> tuple[SourceTable, list[Change]]:
    """Return a table with rows that the contract accepts and changes of every kind, and its full load.

    Raises:
        ImpossibleDataError: No row can be made that the contract accepts.
    """
    rng = random.Random(dataset.id)  # noqa: S311 (no secret)
    rows = Rows(dataset, Values(rng, unwanted_texts(dataset))).fresh(_ROWS)
    if not rows:
        raise ImpossibleDataError(f"{dataset.source}: no row found that satisfies all rules")
    table = SourceTable(dataset.key, _START)
    for row in rows[::2]:
        table.insert(row)
    table.commit()
    load = table.full_load()
    for row in rows[1::2]:
        table.commit(timedelta(seconds=rng.uniform(1, 600)))
        keys = list(table.rows)
        match rng.choice(("insert", "update", "move", "delete")) if len(keys) > 1 else "insert":
            case "insert":
                table.insert(row)
            case "update":
                fixed = set(dataset.key)
                table.update(rng.choice(keys), {name: row[name] for name in row if name not in fixed})
            case "move":
                table.update(rng.choice(keys), {name: row[name] for name in dataset.key})
            case "delete":
                table.delete(rng.choice(keys))
    return table, load
