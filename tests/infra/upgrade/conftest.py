"""Deployments of the fixture project, as they are and with something planted."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fixtures.environments import TRIAL
from tests.infra.upgrade.planting import Plant
from tools.upgrade.deployment import Deployment


@pytest.fixture(scope="session")
def deployed(assemble: Callable[..., Path]) -> Deployment:
    """What is deployed before each change."""
    return Deployment.of_folder(assemble(TRIAL))


@pytest.fixture
def planted(tmp_path: Path, assemble: Callable[..., Path]) -> Callable[[Plant], Path]:
    """Assembly of the same environment, with a change in its templates."""

    def plant(change: Plant) -> Path:
        folder = tmp_path / "planted"
        shutil.copytree(assemble(TRIAL), folder, ignore=shutil.ignore_patterns("asset.*"))
        files = {file.name.removesuffix(".template.json"): file for file in folder.glob("*.template.json")}
        templates = {stack: json.loads(file.read_text()) for stack, file in files.items()}
        change(templates)
        for stack, file in files.items():
            file.write_text(json.dumps(templates[stack]))
        return folder

    return plant
