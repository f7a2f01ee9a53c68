"""Hooks that run before a commit are of the revisions that the lock names."""

from pathlib import Path
from typing import Any

import pytest
from pre_commit.clientlib import load_config

from tests.architecture.hooks import differences, locked, programs

ROOT = Path(__file__).resolve().parents[2]
LOCK = {"ruff": "1.2.3", "codespell": "2.0", "pre-commit-hooks": "5.0.0"}
RUFF = {"repo": "https://github.com/astral-sh/ruff-pre-commit", "rev": "v1.2.3"}
INSTALLED = {"ruff": ("ruff", "1.2.3"), "codespell": ("codespell", "1.9"), "black": ("black", "1.0")}


def test_hooks_run_what_the_lock_names() -> None:
    config = load_config(ROOT / ".pre-commit-config.yaml")
    assert differences(config, locked(ROOT / "requirements-dev.txt"), programs()) == []


def test_programs_of_the_lock_are_found() -> None:
    lock, installed = locked(ROOT / "requirements-dev.txt"), programs()
    for program in ("ruff", "mypy", "codespell", "pytest"):
        package, version = installed[program]
        assert lock[package] == version


@pytest.mark.parametrize(
    ("repository", "difference"),
    [
        (RUFF, None),
        ({**RUFF, "rev": "v1.2.4"}, f"{RUFF['repo']}: got v1.2.4; allowed: 1.2.3, as locked"),
        ({"repo": "https://github.com/pre-commit/pre-commit-hooks", "rev": "v5.0.0"}, None),
        (
            {"repo": "https://github.com/pre-commit/mirrors-mypy", "rev": "v1.0"},
            "https://github.com/pre-commit/mirrors-mypy: got mypy; allowed: a package that the lock names",
        ),
    ],
)
def test_repository_differs_when_its_revision_is_not_the_locked_one(
    repository: dict[str, Any], difference: str | None
) -> None:
    assert differences({"repos": [repository]}, LOCK, INSTALLED) == [difference] * bool(difference)


@pytest.mark.parametrize(
    ("entry", "difference"),
    [
        (".venv/bin/ruff check", None),
        ("ruff check", "it: got ruff; allowed: a program below .venv/bin/ that a locked package installs"),
        (".venv/bin/codespell", "it: got 1.9; allowed: 2.0, as locked; fix: make setup"),
        (".venv/bin/black", "it: got .venv/bin/black; allowed: a program below .venv/bin/ that a locked"),
        (".venv/bin/gone", "it: got .venv/bin/gone; allowed: a program below .venv/bin/ that a locked"),
    ],
)
def test_local_hook_differs_when_its_program_is_not_the_locked_one(
    entry: str, difference: str | None
) -> None:
    found = differences(
        {"repos": [{"repo": "local", "hooks": [{"id": "it", "entry": entry}]}]}, LOCK, INSTALLED
    )
    assert len(found) == bool(difference)
    assert all(each.startswith(difference or "") for each in found)


def test_lock_is_read_whatever_its_packages_are_called(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(
        "Typing_Extensions==1.0 \\\n    --hash=sha256:0\nministack[full]==1.5.33 \\\n    # via x\n"
    )
    assert locked(lock) == {"typing-extensions": "1.0", "ministack": "1.5.33"}
