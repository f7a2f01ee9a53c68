"""What a team does first to its fork leaves the fast checks green.

Each case is a copy of the project, and runs there those tests whose outcome could depend on the edit.
`make forks` runs them, and CI beside the other tests.
"""

import shutil
from pathlib import Path

import pytest
import yaml

from config.load import PROJECT_ROOT
from tests.fixtures.environments import FIXTURE
from tests.fork.fork import Fork
from tests.unit.lakehouse.project import column, product

pytestmark = pytest.mark.fork

EXAMPLES = sorted(path.name for path in (PROJECT_ROOT / "contracts").iterdir() if path.is_dir())
MODEL = (
    "tests/contract",
    "tests/unit/config",
    "tests/unit/lakehouse",
    "tests/unit/tools",
    "tests/unit/local",
)
"""Tests that read settings or contracts, without those that build the CDK's app."""
WHOLE = (*MODEL, "tests/samples", "tests/unit/stacks", "tests/infra", "tests/features", "tests/architecture")
SOLD = {
    "sold.odcs.yaml": yaml.safe_dump(
        {**product("orchard/sold", column("kilograms", "number", "double")), "status": "active"}
    ),
    "sold.sql": """SELECT orders.order_id, CAST(harvests.kilograms AS DOUBLE) AS kilograms
FROM silver_shop.orders AS orders
JOIN silver_orchard.harvests AS harvests ON harvests.crate = orders.sku
""",
    "sold.tests.yaml": """unit_tests:
  - name: orders_are_joined_with_the_crate_that_they_name
    given:
      - input: silver_shop.orders
        rows: [{ order_id: o1, sku: c-1 }, { order_id: o2, sku: c-9 }]
      - input: silver_orchard.harvests
        rows: [{ crate: c-1, kilograms: 12.5 }]
    expect:
      rows: [{ order_id: o1, kilograms: 12.5 }]
""",
}
"""A product that joins two domains, and its unit test."""


@pytest.fixture
def fork(tmp_path: Path) -> Fork:
    return Fork.make(tmp_path / "fork")


def test_fork_is_green_in_an_account_of_its_own_with_one_environment_more(fork: Fork) -> None:
    fork.settle("acme-data", "eu-central-1")
    fork.add_environment("staging", like="dev", account="345678901299")
    fork.assert_green(*WHOLE)


def test_fork_is_green_with_contracts_of_its_own_instead_of_the_examples_and_features(
    fork: Fork, tmp_path: Path
) -> None:
    shutil.copytree(FIXTURE / "contracts" / "shop", fork.root / "contracts" / "shop")
    sample = tmp_path / "harvests.csv"
    sample.write_text(
        "crate,picked_on,kilograms\nc-1,2026-01-31,12.5\nc-2,2026-01-31,8\nc-3,2026-02-01,9.25\n"
    )
    fork.lake("new", "orchard/harvests", "--from", str(sample))
    fork.settle("acme", "us-west-2", "--drop-examples", "--yes")
    draft = fork.root / "contracts/orchard/harvests.odcs.yaml"
    draft.write_text(draft.read_text().replace("status: draft", "status: active"))
    for name, text in SOLD.items():
        (draft.parent / name).write_text(text)
    for feature in fork.features:
        fork.lake("feature", "remove", feature, "--yes")
    assert fork.domains == ["orchard", "shop"]
    assert fork.features == []
    fork.lake("validate")
    fork.lake("test", "orchard/sold")
    fork.assert_green(*WHOLE)


@pytest.mark.parametrize("example", EXAMPLES)
def test_fork_is_green_without_one_example(fork: Fork, example: str) -> None:
    fork.remove_domain(example)
    fork.assert_green(*MODEL[:1], *MODEL[3:], "tests/samples")
    fork.assert_green("tests/infra", "-k", "own-dev")
