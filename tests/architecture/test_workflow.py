"""CI runs what README.md says, with few rights, and on actions that nobody can exchange."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40}")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_pins_its_actions_bounds_its_time_and_may_only_read(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert "permissions" not in job
        assert job["timeout-minutes"] <= 90
        actions = [step["uses"] for step in job["steps"] if "uses" in step]
        assert [action for action in actions if not PINNED.fullmatch(action)] == []


def test_ci_runs_the_test_command_of_the_readme() -> None:
    (command,) = re.findall(
        r"^(make test) +# every check and test", (ROOT / "README.md").read_text(), re.MULTILINE
    )
    assert command in [step.get("run") for step in _steps(ROOT / ".github" / "workflows" / "ci.yml")]


def _steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in yaml.safe_load(path.read_text())["jobs"].values() for step in job["steps"]]
