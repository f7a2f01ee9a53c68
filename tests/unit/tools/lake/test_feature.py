"""`lake feature` on a copy of the project, for each feature that the project has."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from config.load import PROJECT_ROOT, environment_names, load_settings
from stacks.features.registry import features, switched_on
from tools.lake.feature.places import paths
from tools.lake.main import app

COPIED = (
    "config", "contracts", "stacks/features", "lambda_src", "glue_scripts/jobs", "local/features",
    "local/patches", "tools/smoke/sources", "tests/features", "tests/local/patches",
)  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in COPIED:
        ignored = shutil.ignore_patterns("__pycache__", "__snapshots__")
        shutil.copytree(PROJECT_ROOT / folder, tmp_path / folder, ignore=ignored)
    return tmp_path


def call(root: Path, *words: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(app, ["feature", *words, "--root", str(root)], input=answer)


def test_list_tells_where_each_feature_is_on(root: Path) -> None:
    found = {each["name"]: each for each in json.loads(call(root, "list", "--json").stdout)}
    assert found.keys() == features().keys()
    for name, each in found.items():
        assert each["title"] == features()[name].title
        assert each["environments"] == [
            environment
            for environment in environment_names(root)
            if name in switched_on(load_settings(environment, root).features)
        ]


@pytest.mark.parametrize("name", list(features()))
def test_feature_that_is_removed_is_nowhere_and_can_not_be_added(root: Path, name: str) -> None:
    doomed = paths(root, name)
    assert doomed[-1] == root / "stacks" / "features" / name
    refused = call(root, "remove", name, answer="n\n")
    assert refused.exit_code == 1
    assert all(path.exists() for path in doomed)
    assert call(root, "remove", name, "--yes").exit_code == 0
    assert not any(path.exists() for path in doomed)
    for environment in environment_names(root):
        assert name not in switched_on(load_settings(environment, root).features)


@pytest.mark.parametrize("name", list(features()))
def test_feature_is_on_where_it_was_added_and_not_added_twice(root: Path, name: str) -> None:
    environment = environment_names(root)[0]
    if name in switched_on(load_settings(environment, root).features):
        again = call(root, "add", name, "--env", environment)
        assert again.exit_code == 2
        assert f"{name} is on in {environment} already" in " ".join(again.output.split())
    else:
        assert call(root, "add", name, "--env", environment).exit_code == 0
        assert name in switched_on(load_settings(environment, root).features)


def test_unknown_feature_is_refused_with_those_that_there_are(root: Path) -> None:
    refused = call(root, "remove", "no_such_feature", "--yes")
    assert refused.exit_code == 2
    assert "no_such_feature" in refused.output
