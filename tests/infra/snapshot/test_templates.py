"""Templates change only when somebody looks.

Those of the fixture project change with the framework alone: `make snapshots` accepts what they are
now. Those of the project's own environments are compared once somebody asked for it:
`make snapshots ENV=dev` writes `snapshots/dev`, and from then on a change of a setting, a contract or
the framework shows there until the same command accepts it. None come with the framework, so what a
fork changes first fails nothing, and an upgrade of the framework meets no file of a fork's own.
"""

import json
from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from config.load import PROJECT_ROOT
from tests.fixtures.environments import LIVE, OWN, Environment
from tests.infra.comparison import without_hashes

FRAMEWORK = Path(__file__).parent / "templates"
OWN_SETS = PROJECT_ROOT / "snapshots"
"""One folder for each environment whose templates are compared."""
SHOWN = 60
"""Lines of a difference that are shown; `git diff` shows all once the new templates are accepted."""


@pytest.fixture
def accept(pytestconfig: pytest.Config) -> bool:
    """Whether templates are taken as they are now: syrupy's option, with which other snapshots are."""
    return bool(pytestconfig.option.update_snapshots)


def _are_as_accepted(folder: Path, templates: dict[str, Any], accept: bool, command: str) -> None:
    """Compare without content hashes: a change of code shows in its own tests and not here."""
    texts = {
        stack: json.dumps(without_hashes(template, r"[0-9a-f]{64}"), indent=1, sort_keys=True) + "\n"
        for stack, template in templates.items()
    }
    if accept:
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob("*.json"):
            path.unlink()
        for stack, text in texts.items():
            (folder / f"{stack}.json").write_text(text, encoding="utf-8")
    kept = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    how = f"`{command}` accepts the templates as they are now"
    assert sorted(texts) == sorted(kept), how
    for stack, text in texts.items():
        lines = unified_diff(kept[stack].splitlines(), text.splitlines(), "accepted", "now", lineterm="")
        changed = list(lines)[:SHOWN]
        assert not changed, "\n".join([f"{stack} changed; {how}", *changed])


def test_templates_of_the_fixture_project_are_as_accepted(
    synthesize: Callable[..., Any], accept: bool
) -> None:
    _are_as_accepted(FRAMEWORK, synthesize(LIVE), accept, "make snapshots")


@pytest.mark.parametrize("environment", OWN, ids=str)
def test_templates_of_an_environment_are_as_accepted(
    environment: Environment, synthesize: Callable[..., Any], accept: bool
) -> None:
    folder, command = OWN_SETS / environment.name, f"make snapshots ENV={environment.name}"
    if not folder.exists() and not accept:
        pytest.skip(f"nobody asked to compare the templates of {environment.name}: `{command}`")
    _are_as_accepted(folder, synthesize(environment), accept, command)
