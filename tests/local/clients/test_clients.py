"""Clients of AWS ask the lake as a persona or as the root user, and docs/clients.md shows what they did."""

import os
from pathlib import Path

import pytest

from config.load import PROJECT_ROOT
from lakehouse.odcs.head import SUFFIX
from tests.fixtures.environments import FIXTURE
from tests.local.clients import page
from tests.local.clients.client import Client
from tests.local.clients.clients import CLIENTS
from tests.local.clients.conftest import Variables

pytestmark = pytest.mark.clients

EXPORTS = (
    "avro", "dbt-models", "great-expectations", "html", "jsonschema", "odcs", "pydantic-model", "spark", "sql"
)  # fmt: skip
RUNS = [(client, script) for client in CLIENTS for script in client.scripts]


@pytest.mark.parametrize(("client", "script"), RUNS, ids=[f"{each.name}-{script}" for each, script in RUNS])
def test_client_prints_what_the_page_shows(
    client: Client, script: str, variables: Variables, tmp_path: Path
) -> None:
    printed = client.run(script, variables(client.who), tmp_path)
    if os.environ.get("LAKE_CLIENTS") == "record":
        page.record(client, script, printed)
    assert page.runs()[f"{client.name}/{script}"]["printed"] == page.lasting(printed)


@pytest.mark.parametrize("root", [FIXTURE, PROJECT_ROOT], ids=["project", "own"])
def test_every_contract_passes_lint_and_exports_of_datacontract_cli(root: Path, tmp_path: Path) -> None:
    client = next(each for each in CLIENTS if each.name == "datacontract")
    contracts = [str(path) for path in sorted((root / "contracts").rglob(f"*{SUFFIX}"))]
    found = client.run("every.py", {"LANG": "C.UTF-8"}, tmp_path, ",".join(EXPORTS), *contracts)
    done = ["lint passed", *(f"{name} written" for name in EXPORTS)]
    assert [line.split("\t") for line in found.splitlines()] == [[contract, *done] for contract in contracts]
