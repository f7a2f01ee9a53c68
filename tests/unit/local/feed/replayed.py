"""Files of changes, told as what a database would make of them."""

import io
from typing import Any

import pyarrow.parquet as pq

from lakehouse.layout import cdc
from lakehouse.model.dataset import Dataset
from tools.records.source_table import SourceTable


def read(files: dict[str, bytes]) -> dict[str, list[dict[str, Any]]]:
    return {name: pq.read_table(io.BytesIO(body)).to_pylist() for name, body in files.items()}


def replayed(dataset: Dataset, files: dict[str, bytes]) -> dict[Any, dict[str, Any]]:
    """Apply all records in the order that they tell, the way a database would."""
    rows: dict[Any, dict[str, Any]] = {}
    records = [record for content in read(files).values() for record in content]
    for record in sorted(records, key=lambda each: (each[cdc.CHANGED_AT], each[cdc.SEQUENCE])):
        key = tuple(record[name] for name in dataset.key)
        if record[cdc.OPERATION] == "U":
            rows.pop(tuple(record[cdc.BEFORE + name] for name in dataset.key), None)
        if record[cdc.OPERATION] == "D":
            rows.pop(key, None)
        else:
            rows[key] = {field.name: record[field.name] for field in dataset.fields}
    return rows


def expected(dataset: Dataset, table: SourceTable) -> dict[Any, dict[str, Any]]:
    names = [field.name for field in dataset.fields]
    return {key: {name: row.get(name) for name in names} for key, row in table.rows.items()}
