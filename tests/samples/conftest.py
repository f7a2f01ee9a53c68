"""What tests of the example domains share; those of a domain go where its contracts went."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import sqlglot

from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Dataset, Lake
from tests.contract import duck
from tests.fixtures.environments import lake_of
from tests.samples.silver import fill

collect_ignore = [
    folder.name
    for folder in Path(__file__).parent.iterdir()
    if folder.is_dir() and not (PROJECT_ROOT / "contracts" / folder.name).is_dir()
]


@pytest.fixture(scope="session")
def lake() -> Lake:
    return lake_of(PROJECT_ROOT)


@pytest.fixture(scope="session")
def datasets(lake: Lake) -> dict[str, Dataset]:
    return {dataset.id: dataset for dataset in lake.datasets}


@pytest.fixture(scope="session")
def warehouse(lake: Lake) -> Iterator[duck.Connection]:
    """Silver of the examples as the jobs would make it, and gold by the SQL of their products."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        fill(connection, lake)
        for product in built(lake, connection):
            [query] = sqlglot.transpile(product.sql or "", read="spark", write="duckdb")
            connection.sql(query).create(f"gold_{product.domain}.{product.name}")
        yield connection


def built(lake: Lake, connection: duck.Connection) -> list[Dataset]:
    """Products whose inputs are all there, or are made before them, in the order in which they are made."""
    found = connection.sql("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
    there = {name for (name,) in found}
    products = []
    for product in (dataset for dataset in lake.datasets if dataset.sql is not None):
        by_id = {dataset.id: dataset for dataset in lake.datasets}
        inputs = [by_id[id_] for id_ in product.inputs]
        if {f"{each.layer}_{each.domain}.{each.name}" for each in inputs} <= there:
            there.add(f"gold_{product.domain}.{product.name}")
            products.append(product)
    return products
