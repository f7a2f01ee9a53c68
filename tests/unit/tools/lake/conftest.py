import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.fixtures.environments import LIVE, TRIAL
from tests.unit.lakehouse.project import Project
from tools.lake.main import app

Run = Callable[..., Result]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project that has the environments and no contract yet."""
    folder = tmp_path / "config" / "environments"
    folder.mkdir(parents=True)
    for name, environment in (("dev", TRIAL), ("prod", LIVE)):
        text = (environment.root / f"config/environments/{environment.name}.yaml").read_text()
        renamed = text.replace(f"environment: {environment.name}", f"environment: {name}")
        (folder / f"{name}.yaml").write_text(renamed)
    (tmp_path / "contracts").mkdir()
    return Project(tmp_path)


@pytest.fixture
def run(project: Project) -> Run:
    """Call the command line on the project."""

    def call(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--root", str(project.root)])

    return call


@pytest.fixture
def run_json(run: Run) -> Callable[..., Any]:
    """Call the command line on the project and read the JSON that it prints."""

    def call(*words: str) -> Any:
        return json.loads(run(*words, "--json").stdout)

    return call


@pytest.fixture
def ask(project: Project) -> Run:
    """Call the command line on the project and answer what it asks."""

    def call(answer: str, *words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--root", str(project.root)], input=answer)

    return call
