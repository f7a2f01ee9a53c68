"""Two environments of a share say the same of each other, or are told where they do not."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from config.collisions import contradictions
from config.load import ENVIRONMENTS
from stacks.features.fitting import misfits
from stacks.features.sharing.settings import SharingSettings
from tests.fixtures.environments import FIXTURE, TRIAL

TEXT = (FIXTURE / ENVIRONMENTS / "trial.yaml").read_text(encoding="utf-8")
OWNER, READER = "100000000001", "100000000002"
SHARE: dict[str, Any] = {
    "environment": "reader",
    "account": READER,
    "persona": "analyst",
    "datasets": ["shop/orders", "shop/daily_orders"],
}
READ: dict[str, Any] = {
    "environment": "owner",
    "account": OWNER,
    "persona": "analyst",
    "datasets": ["shop/daily_orders", "shop/orders"],
    "personas": ["clerk"],
}


def write(
    root: Path, name: str, account: str, section: dict[str, Any] | None, *changes: tuple[str, str]
) -> None:
    text = TEXT.replace("environment: trial", f"environment: {name}").replace(OWNER, account)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    features = yaml.safe_dump({"features": {"sharing": section} if section else {}})
    (root / ENVIRONMENTS).mkdir(parents=True, exist_ok=True)
    path = root / ENVIRONMENTS / f"{name}.yaml"
    path.write_text(text.replace("features: {}\n", features), encoding="utf-8")


def owner(root: Path, *changes: tuple[str, str], **share: Any) -> None:
    write(root, "owner", OWNER, {"shares": [{**SHARE, **share}], "reads": []}, *changes)


def reader(root: Path, *changes: tuple[str, str], place: str = READER, **read: Any) -> None:
    write(root, "reader", place, {"shares": [], "reads": [{**READ, **read}]}, *changes)


def told(root: Path, environment: str | None = None) -> list[str]:
    return [str(fault) for fault in contradictions(root, environment)]


def test_sides_that_say_the_same_are_fine(tmp_path: Path) -> None:
    owner(tmp_path)
    reader(tmp_path)
    assert told(tmp_path) == []
    assert misfits(tmp_path, TRIAL.lake) == []


def test_environment_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    owner(tmp_path)
    write(tmp_path, "north", READER, None)
    [line] = told(tmp_path)
    assert "owner.yaml:" in line
    assert "features.sharing.shares" in line
    assert "got 'reader'; allowed: another environment of the project: north" in line


@pytest.mark.parametrize(
    ("environment", "changes", "allowed"),
    [
        ("reader", {"account": "100000000003"}, f"allowed: {OWNER}, where owner is"),
        ("reader", {"persona": "engineer"}, "allowed: analyst, as in owner"),
        ("reader", {"datasets": ["shop/orders"]}, "fix: see shop/daily_orders"),
        ("reader", {"personas": ["nobody"]}, "people.personas here"),
        ("owner", {"environment": "other"}, "allowed: another environment of the project: reader"),
    ],
)
def test_side_that_says_otherwise_is_told(
    tmp_path: Path, environment: str, changes: dict[str, Any], allowed: str
) -> None:
    owner(tmp_path, **(changes if environment == "owner" else {}))
    reader(tmp_path, **(changes if environment == "reader" else {}))
    [line] = told(tmp_path, environment)
    assert allowed in line


def test_side_without_the_other_one_is_told(tmp_path: Path) -> None:
    owner(tmp_path)
    write(tmp_path, "reader", READER, None)
    [line] = told(tmp_path)
    assert "an environment whose features.sharing.reads names owner" in line


def test_sides_in_one_account_or_two_regions_are_told(tmp_path: Path) -> None:
    owner(tmp_path, account=OWNER)
    reader(tmp_path, ("region: eu-north-1", "region: eu-west-3"), place=OWNER)
    lines = told(tmp_path, "owner")
    assert any("within an account there is nothing to share" in line for line in lines)
    assert any("share within one region" in line for line in lines)


def test_hybrid_side_is_told(tmp_path: Path) -> None:
    owner(tmp_path, ("hybrid: false", "hybrid: true"))
    reader(tmp_path)
    [line] = told(tmp_path)
    assert "an environment with lake_formation.hybrid: false" in line


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        ({"datasets": ["shop/ordres"]}, "did you mean 'shop/orders'?"),
        ({"persona": "clerks"}, "did you mean 'clerk'?"),
        ({"persona": "security_officer", "datasets": ["shop/daily_orders"]}, "reads a column"),
    ],
)
def test_contracts_that_do_not_hold_what_is_shared_are_told(
    tmp_path: Path, changes: dict[str, Any], allowed: str
) -> None:
    owner(tmp_path, **changes)
    [line] = map(str, misfits(tmp_path, TRIAL.lake))
    assert allowed in line


@pytest.mark.parametrize(
    "section",
    [
        {"shares": [], "reads": []},
        {"shares": [SHARE, SHARE], "reads": []},
        {"shares": [{**SHARE, "datasets": ["shop/orders", "shop/orders"]}], "reads": []},
        {"shares": [], "reads": [{**READ, "personas": ["clerk", "clerk"]}]},
    ],
)
def test_section_that_says_nothing_or_something_twice_is_refused(section: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"once|has an entry"):
        SharingSettings.model_validate(section, strict=False)
