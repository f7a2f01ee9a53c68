"""Measurements stand on contracts of their own."""

import json
from pathlib import Path

import pytest

from config.load import PROJECT_ROOT
from lakehouse.access.load import load_access
from lakehouse.odcs.lake.load import load_lake
from tools.bench import refresh
from tools.bench.laptop import CONTRACTS_ROOT
from tools.bench.orders import ORDERS, Batch, write

LAKE = load_lake(CONTRACTS_ROOT, load_access(PROJECT_ROOT))
DATASETS = {dataset.id: dataset for dataset in LAKE.datasets}


def test_contracts_are_valid_without_a_warning() -> None:
    assert LAKE.warnings == ()


@pytest.mark.parametrize("id_", [ORDERS, refresh.LOGS, refresh.PRODUCT])
def test_measured_datasets_are_there(id_: str) -> None:
    assert id_ in DATASETS


def test_order_events_have_the_columns_of_their_contract(tmp_path: Path) -> None:
    write(tmp_path, Batch(0, 10), compressed=False)
    [file] = tmp_path.iterdir()
    for line in file.read_text().splitlines():
        assert set(json.loads(line)) == {field.name for field in DATASETS[ORDERS].fields}
