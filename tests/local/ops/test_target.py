"""What every command refuses before it does anything."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.load import PROJECT_ROOT
from local.emulator.launcher import EmbeddedAws
from tests.fixtures.environments import FIXTURE
from tests.local.lake.project_copy import copy_project

COMMAND = [sys.executable, "-c", "from tools.ops.main import app; app(prog_name='lake-ops')"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the laptop's environment and one of another account."""
    root = copy_project(tmp_path_factory.mktemp("target") / "project", FIXTURE / "contracts")
    live = FIXTURE / "config" / "environments" / "live.yaml"
    shutil.copy(live, root / "config" / "environments")
    return root


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["replay", "errors", "--env", "live"], 1, "got credentials of account 000000000000; allowed"),
        (["replay", "errors", "--env", "nowhere"], 1, "nowhere"),
        (["replay", "errors", "nothing", "--env", "local"], 2, "got nothing"),
        (["replay", "errors", "daily_orders", "--env", "local"], 2, "got shop/daily_orders"),
        (["replay", "quarantine", "daily_orders", "--env", "local"], 1, "is a gold product"),
        (["replay", "quarantine", "articles", "--env", "local"], 1, "fix: lake-ops reprocess shop/articles"),
    ],
)
def test_command_says_what_is_wrong_and_ends_when_it_cannot_act(
    embedded_aws: EmbeddedAws, project: Path, arguments: list[str], code: int, told: str
) -> None:
    done = subprocess.run(
        [*COMMAND, *arguments, "--root", str(project)],
        cwd=PROJECT_ROOT,
        env={**embedded_aws.environment(), "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr
