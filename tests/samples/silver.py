"""Silver of the example domains, in an engine that shares no code with the jobs."""

import importlib
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from lakehouse.model.dataset import Dataset, Lake
from tests.contract import duck

Rows = list[tuple[str | None, ...]]
"""Values as text, in the order of the contract's columns."""

FOLDER = Path(__file__).parent


def fill(connection: duck.Connection, lake: Lake) -> None:
    """Make the schemas of a lake, and the tables of the example domains that it has.

    The module `silver` of a domain's folder has `ROWS`, by dataset, or `FILES` of CSV, whose text is kept
    as `text_<dataset>` as well.
    """
    for dataset in lake.datasets:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {dataset.layer}_{dataset.domain}")
    for domain in lake.domains:
        if not (FOLDER / domain / "silver.py").exists():
            continue
        module = importlib.import_module(f"tests.samples.{domain}.silver")
        datasets = {dataset.name: dataset for dataset in lake.of_domain(domain)}
        for name, rows in getattr(module, "ROWS", {}).items():
            _make(connection.from_arrow(_arrow(datasets[name], rows)), datasets[name])
        for name, body in getattr(module, "FILES", {}).items():
            _read(connection, datasets[name], body)


def _make(text: duck.Rows, dataset: Dataset) -> None:
    duck.typed(text, dataset).create(f"silver_{dataset.domain}.{dataset.name}")


def _arrow(dataset: Dataset, rows: Rows) -> pa.Table:
    names = [field.name for field in dataset.fields]
    return pa.table({name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate(names)})


def _read(connection: duck.Connection, dataset: Dataset, body: bytes) -> None:
    assert dataset.ingestion is not None
    with TemporaryDirectory() as folder:
        path = Path(folder, "file.csv")
        path.write_bytes(body)
        null = dataset.ingestion.null_token
        connection.read_csv(path, header=True, all_varchar=True, na_values=null).create(
            f"text_{dataset.name}"
        )
    _make(connection.table(f"text_{dataset.name}"), dataset)
