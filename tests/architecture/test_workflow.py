"""Workflows run what README.md says and what runs here, with few rights, on actions that nobody exchanges."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40}|\./\.github/workflows/\w+\.yml")
TOKEN = {"contents": "read", "id-token": "write"}
"""To prove to AWS which job it is."""
MORE = {
    ("ci.yml", "comment"): {"pull-requests": "write"},
    ("ci.yml", "deploy"): TOKEN,
    ("deploy.yml", "dev"): TOKEN,
    ("deploy.yml", "review"): TOKEN,
    ("deploy.yml", "prod"): TOKEN,
}
"""Jobs that may do more than read."""
COMMENT = "gh pr comment "
"""What only GitHub can do."""


def _jobs(path: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text())["jobs"]
    return found


def _steps(job: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = job.get("steps", [])
    return found


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_pins_its_actions_bounds_its_time_and_may_do_no_more_than_it_needs(path: Path) -> None:
    assert yaml.safe_load(path.read_text())["permissions"] == {"contents": "read"}
    for name, job in _jobs(path).items():
        assert job.get("permissions") == MORE.get((path.name, name))
        assert job.get("timeout-minutes", 0) <= 90
        assert "timeout-minutes" in job or "uses" in job
        actions = [each["uses"] for each in (job, *_steps(job)) if "uses" in each]
        assert [action for action in actions if not PINNED.fullmatch(action)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_runs_targets_of_the_makefile_alone(path: Path) -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    commands = [step["run"] for job in _jobs(path).values() for step in _steps(job) if "run" in step]
    others = [each for each in commands if not each.startswith(COMMENT)]
    assert {tuple(each.split()[:1]) for each in others} <= {("make",)}
    assert {each.split()[1] for each in others} <= targets
    assert [each for each in commands if re.search(r"[;&|`]|\$\(|\$\{\{", each)] == []


def test_job_that_may_write_runs_nothing_of_the_change() -> None:
    [only] = [each for each in _steps(_jobs(ROOT / ".github/workflows/ci.yml")["comment"]) if "run" in each]
    assert only["run"].startswith(COMMENT)


def test_ci_runs_the_test_command_of_the_readme() -> None:
    (command,) = re.findall(
        r"^(make test) +# the checks and tests", (ROOT / "README.md").read_text(), re.MULTILINE
    )
    jobs = _jobs(ROOT / ".github" / "workflows" / "ci.yml")
    assert command in [step.get("run") for step in _steps(jobs["test"])]


def test_no_workflow_knows_a_key_of_aws() -> None:
    for path in WORKFLOWS:
        assert not re.search(r"secrets\.|aws-access-key|aws-secret", path.read_text(), re.IGNORECASE)


def test_prod_is_deployed_after_dev_and_after_its_changes_were_shown() -> None:
    jobs = _jobs(ROOT / ".github" / "workflows" / "deploy.yml")
    assert jobs["review"]["needs"] == "dev"
    assert jobs["prod"]["needs"] == "review"
    assert [jobs[each]["environment"] for each in ("dev", "review", "prod")] == ["dev", "prod-review", "prod"]
    assert [step["run"] for step in _steps(jobs["review"]) if "run" in step][-1].startswith(
        "make diff ENV=prod"
    )
