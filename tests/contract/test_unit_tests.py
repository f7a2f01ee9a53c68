"""The unit tests that stand beside the SQL of products pass, whatever products there are."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.load import PROJECT_ROOT
from lakehouse.odcs.lake.unit_tests import load_unit_tests
from tests.fixtures.environments import FIXTURE, lake_of


@pytest.mark.spark
@pytest.mark.parametrize("root", [FIXTURE, PROJECT_ROOT], ids=["project", "own"])
def test_unit_tests_of_products_pass(root: Path) -> None:
    tests = load_unit_tests(lake_of(root), root)
    if not tests:
        pytest.skip("no product of this project has unit tests")
    # In a process of its own, as a JVM keeps its first Spark settings.
    run = subprocess.run(
        [sys.executable, "-c", "from tools.lake.main import app; app()", "test", "--json", "--root", root],
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    outcomes = json.loads(run.stdout)["tests"]
    assert [outcome for outcome in outcomes if not outcome["passed"]] == []
    assert len(outcomes) == len(tests)
