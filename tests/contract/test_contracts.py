"""The contracts of the project agree with the standard, with themselves and with the design of the lake."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from lakehouse_etl.contract.manifest import decode
from open_data_contract_standard.model import OpenDataContractStandard

from config.document import read
from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Dataset
from lakehouse.odcs.head import SUFFIX, VERSIONS
from lakehouse.targets import manifest
from tests.contract import duck
from tests.fixtures.environments import FIXTURE, LIVE, OWN, Environment, lake_of

CONTRACTS = sorted(
    path for root in (FIXTURE, PROJECT_ROOT) for path in (root / "contracts").rglob(f"*{SUFFIX}")
)
"""Of the tests, and of the project, which may have none."""


def _name(path: Path) -> str:
    return path.relative_to(PROJECT_ROOT).as_posix()


def _dataset(path: Path) -> Dataset:
    root = path.parents[2]
    [found] = [each for each in lake_of(root).datasets if root / each.source == path]
    return found


def _columns(path: Path) -> list[dict[str, Any]]:
    contract: Any = read(path, PROJECT_ROOT).data
    columns: list[dict[str, Any]] = contract["schema"][0]["properties"]
    return columns


def _gives_examples(path: Path) -> bool:
    """Whether there is an example of each column, all of them scalars."""
    return all(
        "examples" in each and "properties" not in each and "items" not in each for each in _columns(path)
    )


EXEMPLIFIED = [path for path in CONTRACTS if _gives_examples(path)]


@pytest.mark.parametrize("root", [FIXTURE, PROJECT_ROOT], ids=["project", "own"])
def test_lake_has_a_dataset_for_every_contract_when_loaded(root: Path) -> None:
    sources = sorted(root / dataset.source for dataset in lake_of(root).datasets)
    assert sources == [path for path in CONTRACTS if path.is_relative_to(root / "contracts")]


@pytest.mark.parametrize("path", CONTRACTS, ids=_name)
def test_contract_is_read_alike_when_the_library_of_the_standard_reads_it(path: Path) -> None:
    contract = OpenDataContractStandard.from_file(str(path))
    assert contract.apiVersion in VERSIONS
    (table,) = contract.schema_ or []
    assert [column.name for column in table.properties or []] == [
        field.name for field in _dataset(path).fields
    ]


@pytest.mark.parametrize("path", EXEMPLIFIED, ids=_name)
def test_examples_keep_the_contract_when_they_are_read_as_a_row(path: Path) -> None:
    dataset = _dataset(path)
    examples = {column["name"]: [str(column["examples"][0])] for column in _columns(path)}
    with duckdb.connect() as connection:
        row = duck.typed(connection.from_arrow(pa.table(examples)), dataset)
        assert duck.breaches(row, dataset) == {}
        assert duck.count(row, " OR ".join(f'"{name}" IS NULL' for name in examples)) == 0


@pytest.mark.parametrize("environment", [LIVE, *OWN], ids=str)
def test_jobs_understand_every_manifest_when_it_is_compiled(environment: Environment) -> None:
    lake = environment.lake
    for domain in lake.domains:
        text = json.dumps(manifest.compile_domain(lake, domain, environment.naming))
        understood = decode(text.encode(), f"{domain}.json")
        names = [source.name for source in understood.datasets]
        names += [product.name for product in understood.products]
        assert names == [dataset.name for dataset in lake.of_domain(domain)]


@pytest.mark.parametrize("environment", [LIVE, *OWN], ids=str)
def test_sql_of_products_names_tables_as_they_are_in_the_environment(environment: Environment) -> None:
    lake = environment.lake
    for domain in lake.domains:
        for product in manifest.compile_domain(lake, domain, environment.naming)["products"]:
            assert f"glue_catalog.{environment.naming.prefix.replace('-', '_')}_" in product["sql"]
            assert f"FROM silver_{domain}" not in product["sql"]
