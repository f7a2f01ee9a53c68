"""Two environments that cannot both be where they are are told of, with both places."""

import re
from pathlib import Path

import pytest

from config.collisions import collisions
from config.load import ENVIRONMENTS, PROJECT_ROOT
from stacks.features.registry import features
from tests.fixtures.environments import FIXTURE

ONCE = [
    (name, key, value)
    for name, feature in features().items()
    for key, value in [(key, True) for key in feature.once] + [(key, False) for key in feature.once_false]
]
TEXT = (FIXTURE / ENVIRONMENTS / "trial.yaml").read_text(encoding="utf-8")


def write(root: Path, name: str, *changes: tuple[str, str]) -> None:
    text = TEXT.replace("environment: trial", f"environment: {name}")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (root / ENVIRONMENTS).mkdir(parents=True, exist_ok=True)
    (root / ENVIRONMENTS / f"{name}.yaml").write_text(text, encoding="utf-8")


def told(root: Path, environment: str | None = None) -> list[str]:
    return [str(fault) for fault in collisions(root, environment)]


def with_feature(name: str) -> tuple[str, str]:
    example = (PROJECT_ROOT / "stacks/features" / name / "example.yaml").read_text(encoding="utf-8")
    block = "".join(f"  {line}\n" for line in example.splitlines())
    return "features: {}\n", f"features:\n{block}"


def test_environments_of_one_account_and_region_go_together_when_nothing_is_there_once(
    tmp_path: Path,
) -> None:
    write(tmp_path, "east")
    write(tmp_path, "west")
    assert told(tmp_path) == []


@pytest.mark.parametrize(("name", "key", "value"), ONCE)
def test_what_an_account_has_once_is_refused_twice_with_both_places(
    tmp_path: Path, name: str, key: str, value: bool
) -> None:
    write(tmp_path, "east", with_feature(name))
    write(tmp_path, "west", with_feature(name))
    [line] = [each for each in told(tmp_path) if f" features.{name}.{key}: " in each]
    assert re.match(rf"config/environments/west\.yaml:\d+: features\.{name}\.{key}: got {value}; ", line)
    said, other = str(value).lower(), str(not value).lower()
    assert re.search(
        rf"it is {said} in config/environments/east\.yaml:\d+ \(east\), too; fix: say {other} in one", line
    )
    write(tmp_path, "west", with_feature(name), ("region: eu-north-1", "region: eu-west-3"))
    assert told(tmp_path) == []


def test_defaults_of_lake_formation_are_those_of_the_account(tmp_path: Path) -> None:
    write(tmp_path, "east")
    write(tmp_path, "west", ("hybrid: false", "hybrid: true"))
    [line] = told(tmp_path, "east")
    assert re.match(
        r"config/environments/west\.yaml:\d+: lake_formation\.hybrid: got True; allowed: False, ", line
    )
    write(tmp_path, "west", ("hybrid: false", "hybrid: true"), ("100000000001", "100000000002"))
    assert told(tmp_path) == []


@pytest.mark.parametrize("region", ["eu-north-1", "eu-west-3"])
def test_roles_of_one_environment_are_not_named_like_those_of_another(tmp_path: Path, region: str) -> None:
    write(tmp_path, "east")
    write(tmp_path, "east-2", ("region: eu-north-1", f"region: {region}"))
    [line] = told(tmp_path)
    assert "east-2.yaml:3: environment: got 'east-2'" in line
    assert (
        "proof-lake-east-2-… begins with proof-lake-east-, see config/environments/east.yaml:3 (east)" in line
    )
    assert told(tmp_path, "nowhere") == []


def test_an_environment_with_faults_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "east")
    write(tmp_path, "east-2", ("disposable: true", "disposable: perhaps"))
    assert told(tmp_path) == []
