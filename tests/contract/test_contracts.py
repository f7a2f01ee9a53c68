"""The contracts of the project agree with the standard, with themselves and with the design of the lake."""

import json
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from lakehouse_etl.contract.manifest import decode
from open_data_contract_standard.model import OpenDataContractStandard

from config.document import read
from config.load import PROJECT_ROOT, environment_names, load_settings
from lakehouse.model.dataset import Dataset, Lake, Mode, Write
from lakehouse.model.fields import Masking
from lakehouse.odcs.head import VERSIONS
from lakehouse.targets import manifest
from tests.contract import duck

IDS = sorted(
    path.relative_to(PROJECT_ROOT / "contracts").as_posix().removesuffix(".odcs.yaml")
    for path in (PROJECT_ROOT / "contracts").rglob("*.odcs.yaml")
)


def columns(id_: str) -> list[dict[str, Any]]:
    document: dict[str, Any] = read(PROJECT_ROOT / "contracts" / f"{id_}.odcs.yaml", PROJECT_ROOT).data
    properties: list[dict[str, Any]] = document["schema"][0]["properties"]
    return properties


EXEMPLIFIED = [
    id_
    for id_ in IDS
    if all("examples" in each and "properties" not in each and "items" not in each for each in columns(id_))
]
"""Contracts that give an example of each column, all of them scalars."""


def test_examples_are_there_to_be_checked() -> None:
    assert {"sales/orders", "cafe/menu_clicks", "flights/weather"} <= set(EXEMPLIFIED)


def test_lake_has_a_dataset_for_every_contract_when_loaded(lake: Lake) -> None:
    assert sorted(dataset.id for dataset in lake.datasets) == IDS
    assert lake.domains == tuple(sorted({id_.partition("/")[0] for id_ in IDS}))


def test_lake_shows_every_way_to_write_and_to_arrive_when_loaded(lake: Lake) -> None:
    sources = [dataset for dataset in lake.datasets if dataset.ingestion is not None]
    products = [dataset for dataset in lake.datasets if dataset.ingestion is None]
    assert {dataset.write for dataset in sources} == set(Write) - {Write.OVERWRITE_PARTITIONS}
    assert {dataset.write for dataset in products} == {Write.OVERWRITE, Write.OVERWRITE_PARTITIONS}
    assert {dataset.ingestion.mode for dataset in sources if dataset.ingestion} == set(Mode)


def test_email_addresses_are_masked_when_they_are_in_the_lake(lake: Lake) -> None:
    columns = [field for dataset in lake.datasets for field in dataset.fields if "email" in field.name]
    assert [(field.masking, field.classification) for field in columns] == [(Masking.HASH, "confidential")]


@pytest.mark.parametrize("id_", IDS)
def test_contract_is_read_alike_when_the_library_of_the_standard_reads_it(
    datasets: dict[str, Dataset], id_: str
) -> None:
    contract = OpenDataContractStandard.from_file(str(PROJECT_ROOT / datasets[id_].source))
    assert contract.apiVersion in VERSIONS
    (table,) = contract.schema_ or []
    assert [column.name for column in table.properties or []] == [
        field.name for field in datasets[id_].fields
    ]


@pytest.mark.parametrize("id_", EXEMPLIFIED)
def test_examples_keep_the_contract_when_they_are_read_as_a_row(
    datasets: dict[str, Dataset], id_: str
) -> None:
    dataset = datasets[id_]
    examples = {column["name"]: [str(column["examples"][0])] for column in columns(id_)}
    with duckdb.connect() as connection:
        row = duck.typed(connection.from_arrow(pa.table(examples)), dataset)
        assert duck.breaches(row, dataset) == {}
        assert duck.count(row, " OR ".join(f'"{name}" IS NULL' for name in examples)) == 0


def test_jobs_understand_every_manifest_when_it_is_compiled(lake: Lake) -> None:
    naming = load_settings("dev").naming
    for domain in lake.domains:
        text = json.dumps(manifest.compile_domain(lake, domain, naming))
        understood = decode(text.encode(), f"{domain}.json")
        names = [source.name for source in understood.datasets]
        names += [product.name for product in understood.products]
        assert names == [dataset.name for dataset in lake.of_domain(domain)]


@pytest.mark.parametrize("environment", environment_names())
def test_every_domain_compiles_when_its_environment_is_ours(lake: Lake, environment: str) -> None:
    naming = load_settings(environment).naming
    for domain in lake.domains:
        compiled = manifest.compile_domain(lake, domain, naming)
        assert len(compiled["datasets"]) + len(compiled["products"]) == len(lake.of_domain(domain))
        for product in compiled["products"]:
            assert f"glue_catalog.lakehouse_{environment}_" in product["sql"]
            assert f"FROM silver_{domain}" not in product["sql"]
