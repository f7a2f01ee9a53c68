"""What all tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ["CDK_VALIDATION"] = "false"
"""The engine takes seconds for each synthesis, and the CDK reads this as it is imported.

Tests of `cdk synth` start it in a process with the engine on.
"""

pytest_plugins = [
    "tests.fixtures.embedded_aws",
    "tests.fixtures.proven_lake",
    "tests.fixtures.repository",
    "tests.fixtures.synthesis",
]

# A commit passes or fails whatever the day, and however busy the machine is.
# `pytest --hypothesis-profile=searching` looks for new examples.
_UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("searching", _UNTIMED)
settings.register_profile("repeatable", _UNTIMED, derandomize=True)
settings.load_profile("repeatable")


_LOCAL = Path(__file__).parent / "local"
_NEEDS = {"embedded_aws", "proven"}
"""Fixtures that start an embedded AWS."""


@pytest.hookimpl(tryfirst=True)  # before marks are read
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the embedded AWS; its tests of one file run in one process.

    All that ask for the whole lake run in one, whatever their file.
    """
    for item in items:
        fixtures = set(item.fixturenames) if isinstance(item, pytest.Function) else set()
        if item.path.is_relative_to(_LOCAL) or fixtures & _NEEDS or item.get_closest_marker("lake"):
            item.add_marker(pytest.mark.aws)
            item.add_marker(pytest.mark.xdist_group("proven" if "proven" in fixtures else item.path.name))
