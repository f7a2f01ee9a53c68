"""Two environments of a pair say the same of each other, or are told where they do not."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from config.collisions import contradictions
from config.load import ENVIRONMENTS
from stacks.features.second_region.settings import SecondRegionSettings
from tests.fixtures.environments import FIXTURE

TEXT = (FIXTURE / ENVIRONMENTS / "trial.yaml").read_text(encoding="utf-8")
EAST, WEST = "eu-north-1", "eu-west-3"
SECTION = """features:
  second_region:
    environment: {other}
    region: {region}
    sends: {sends}
    receives: {receives}
"""
SENDS, RECEIVES, NO = "{ time_control: false }", "{ latency_minutes: 15, pending_mebibytes: 100 }", "null"


def write(root: Path, name: str, region: str, section: str, *changes: tuple[str, str]) -> None:
    text = TEXT.replace("environment: trial", f"environment: {name}").replace("features: {}\n", section)
    for old, new in (("region: eu-north-1", f"region: {region}"), *changes):
        assert old in text
        text = text.replace(old, new, 1)
    (root / ENVIRONMENTS).mkdir(parents=True, exist_ok=True)
    (root / ENVIRONMENTS / f"{name}.yaml").write_text(text, encoding="utf-8")


def east(root: Path, sends: str = SENDS, receives: str = NO, *changes: tuple[str, str]) -> None:
    section = SECTION.format(other="west", region=WEST, sends=sends, receives=receives)
    write(root, "east", EAST, section, *changes)


def west(
    root: Path,
    *changes: tuple[str, str],
    region: str = WEST,
    other: str = "east",
    sends: str = NO,
    receives: str = RECEIVES,
) -> None:
    section = SECTION.format(other=other, region=EAST, sends=sends, receives=receives)
    one_key = ("disposable:", "masking_key_of: east\ndisposable:")
    write(root, "west", region, section, *(changes or [one_key]))


def told(root: Path, environment: str | None = None) -> list[str]:
    return [str(fault) for fault in contradictions(root, environment)]


def test_pair_that_says_the_same_is_fine_one_way_and_both_ways(tmp_path: Path) -> None:
    east(tmp_path)
    west(tmp_path)
    assert told(tmp_path) == []
    east(tmp_path, SENDS, RECEIVES)
    west(tmp_path, sends=SENDS)
    assert told(tmp_path) == []


def test_environment_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    east(tmp_path)
    write(tmp_path, "north", WEST, "features: {}\n")
    [line] = told(tmp_path)
    assert "east.yaml:" in line
    assert (
        "features.second_region.environment: got 'west'; allowed: an environment of the project: north"
        in line
    )
    assert told(tmp_path, "north") == []


def test_environment_with_faults_of_its_own_is_left_to_them(tmp_path: Path) -> None:
    east(tmp_path)
    west(tmp_path, ("disposable:", "no_such_key: 1\ndisposable:"))
    assert told(tmp_path) == []


@pytest.mark.parametrize(
    ("wrong", "lines"),
    [
        ({"region": "eu-west-2"}, ["features.second_region.region: got 'eu-west-3'; allowed: eu-west-2"]),
        ({"other": "north"}, ["an environment whose features.second_region.environment is east"]),
        ({"sends": SENDS, "receives": NO}, ["second_region.sends: got 'set'; allowed: null"]),
    ],
    ids=lambda each: str(each)[:20],
)
def test_other_environment_that_says_otherwise_is_told(
    tmp_path: Path, wrong: dict[str, str], lines: list[str]
) -> None:
    east(tmp_path)
    west(tmp_path, **wrong)
    found = told(tmp_path, "east")
    assert len(found) == len(lines)
    assert all(line in one for one, line in zip(found, lines, strict=True)), found


def test_pair_in_one_region_is_no_pair(tmp_path: Path) -> None:
    east(tmp_path)
    west(tmp_path, region=EAST)
    assert any("one region's loss takes both" in line for line in told(tmp_path))


def test_pair_with_two_masking_keys_is_refused(tmp_path: Path) -> None:
    east(tmp_path)
    west(tmp_path, ("disposable:", "disposable:"))
    [line] = told(tmp_path)
    assert "west.yaml:" in line
    assert "fix: set masking_key_of: east here" in line


def test_masking_key_of_an_environment_that_is_not_there_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "east", EAST, "features: {}\n", ("disposable:", "masking_key_of: nowhere\ndisposable:"))
    [line] = told(tmp_path)
    assert "masking_key_of: got 'nowhere'; allowed: another environment of the project" in line


def test_lock_on_one_side_alone_is_refused(tmp_path: Path) -> None:
    """S3 replicates nothing of a bucket with Object Lock into one without."""
    lock = ("object_lock_days: null", "object_lock_days: 10")
    east(tmp_path, SENDS, NO, lock)
    west(tmp_path)
    [line] = told(tmp_path)
    assert "both have storage.object_lock_days" in line


def test_feature_that_does_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="sends or receives"):
        SecondRegionSettings(environment="west", region=WEST, sends=None, receives=None)
