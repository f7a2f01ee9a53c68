"""What `lake upgrade` prints, and how it ends."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.fixtures.environments import FIXTURE, TRIAL
from tests.infra.upgrade.planting import Plant, let_a_job_delete_from_bronze, ship_other_code
from tools.lake.main import app
from tools.upgrade.approvals import FILE


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The fixture project, where approvals can be written."""
    return Path(shutil.copytree(FIXTURE, tmp_path / "project"))


def test_danger_ends_with_1_until_it_is_approved_and_the_approval_once_it_is_in_vain(
    root: Path, assemble: Callable[..., Path], planted: Callable[[Plant], Path]
) -> None:
    now, after = str(assemble(TRIAL)), str(planted(let_a_job_delete_from_bronze))
    words = ["upgrade", "--env", "trial", "--root", str(root), "--before", now, "--templates"]
    refused = CliRunner().invoke(app, [*words, after])
    assert refused.exit_code == 1
    assert "allows s3:DeleteObject on" in refused.stdout
    _, _, entry = refused.stdout.partition("approved:\n")
    entry, _, _ = entry.partition("\n\n")
    (root / FILE).write_text(f"approved:\n{entry}\n".replace("''", "the job cleans up"))
    approved = CliRunner().invoke(app, [*words, after])
    assert approved.exit_code == 0, approved.stdout
    assert "approved: the job cleans up" in approved.stdout
    in_vain = CliRunner().invoke(app, [*words, now])
    assert in_vain.exit_code == 1
    assert "delete it: the change has been made" in in_vain.stderr


def test_scripts_are_told_what_is_open(
    root: Path, assemble: Callable[..., Path], planted: Callable[[Plant], Path]
) -> None:
    words = ["upgrade", "--env", "trial", "--root", str(root), "--before", str(assemble(TRIAL)), "--json"]
    told = CliRunner().invoke(app, [*words, "--templates", str(planted(let_a_job_delete_from_bronze))])
    assert {each["kind"] for each in json.loads(told.stdout)["open"]} == {"rights"}


def test_nothing_is_open_where_only_code_changed(
    root: Path, assemble: Callable[..., Path], planted: Callable[[Plant], Path]
) -> None:
    words = ["upgrade", "--env", "trial", "--root", str(root), "--before", str(assemble(TRIAL))]
    told = CliRunner().invoke(app, [*words, "--templates", str(planted(ship_other_code))])
    assert (told.exit_code, told.stdout) == (0, "✓ trial: 0 dangers open, 0 approved, 0 told\n")


def test_one_of_two_ways_to_say_what_is_deployed_is_needed(root: Path) -> None:
    told = CliRunner().invoke(app, ["upgrade", "--root", str(root)])
    assert told.exit_code == 2


def test_revision_is_compared_by_templates_of_its_own_code_and_a_new_environment_with_nothing(
    repository: Path,
) -> None:
    folder = repository / "config/environments"
    settings = (folder / "trial.yaml").read_text()
    (folder / "trial.yaml").write_text(settings.replace("  shards: 1", "  shards: 2"))
    (folder / "other.yaml").write_text(settings.replace("environment: trial", "environment: other"))
    words = ["upgrade", "--root", str(repository), "--against", "main", "--env"]
    assert CliRunner().invoke(app, [*words, "trial"]).exit_code == 0
    new = CliRunner().invoke(app, [*words, "other"])
    assert (new.exit_code, new.stdout) == (0, "✓ other: 0 dangers open, 0 approved, 0 told\n")
