"""Works on one dataset without Spark, as the silver function does: does what each line that it reads says.

Usage: python -m tools.bench.native.process MANIFEST DATASET [WAREHOUSE]. Without a folder for tables these
are Glue's. A line is `{"create": [tables]}`, each by the properties of its `Custom::IcebergTable`, or
`{"run": "id"}`; the answer is a line as well. What the job reports goes to stderr.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Mapping
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any

from functions.silver import PER_RECORD_BYTE
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job import aws
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.native.catalog import open_catalog
from lakehouse_etl.native.run import NativeRun
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.partitioning import PartitionSpec
from pyiceberg.schema import Schema

from tools.bench.native.file_catalog import FileCatalog

MEMORY = 3 * 1024**3
"""Bytes that a run is to do with."""

_KEYS = Keys(b"a key that nobody else uses")


class Worker:
    """Works on one dataset."""

    def __init__(self, dataset: Dataset, catalog: Catalog) -> None:
        """Take the dataset and the catalogue of its tables."""
        self._dataset = dataset
        self._catalog = catalog

    def create(self, tables: list[Mapping[str, str]]) -> dict[str, Any]:
        """Create empty tables, those that exist replaced."""
        for each in tables:
            name = (each["Database"], each["Table"])
            schema = Schema.model_validate_json(each["Schema"])
            spec = PartitionSpec.model_validate_json(each["PartitionSpec"])
            properties = json.loads(each["Properties"])
            if isinstance(self._catalog, FileCatalog):
                shutil.rmtree(self._catalog.folder.joinpath(*name), ignore_errors=True)
                self._catalog.make_table(".".join(name), schema, spec, **properties)
            else:
                self._replace(name, schema, spec, each["Location"], properties)
        return {}

    def _replace(self, name: tuple[str, str], schema: Schema, *given: Any) -> None:
        self._catalog.create_namespace_if_not_exists(name[0])
        with suppress(NoSuchTableError):
            self._catalog.drop_table(name)
        spec, location, properties = given
        self._catalog.create_table(name, schema, location, spec, properties=properties)

    def run(self, run_id: str) -> dict[str, Any]:
        """Do what is new, and tell the seconds that it took and the counts."""
        started = time.perf_counter()
        storage = aws.storage_of(self._dataset.bronze.location)
        room: dict[str, Any] = {
            "processes": len(os.sched_getaffinity(0)),
            "chunk_bytes": MEMORY // PER_RECORD_BYTE,
        }
        result = NativeRun(self._catalog, storage, self._dataset, run_id, **room).run(lambda: _KEYS)
        return {"seconds": time.perf_counter() - started, **vars(result.counts)}


def main(manifest: str, name: str, warehouse: str | None = None) -> None:
    """Answer each line until there is none."""
    catalog = open_catalog() if warehouse is None else FileCatalog(Path(warehouse))
    [dataset] = [each for each in aws.read_manifest(manifest).datasets if each.name == name]
    worker = Worker(dataset, catalog)
    for line in sys.stdin:
        [(command, given)] = json.loads(line).items()
        with redirect_stdout(sys.stderr):
            answer = getattr(worker, command)(given)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
