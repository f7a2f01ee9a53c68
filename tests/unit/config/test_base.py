"""What `base.yaml` says counts wherever an environment says nothing else; faults are told where they are."""

from pathlib import Path

import pytest
import yaml

from config.faults import InvalidInputError
from config.load import BASE, ENVIRONMENTS, environment_names, load_settings
from tests.fixtures.environments import FIXTURE, TRIAL

TEXT = (FIXTURE / ENVIRONMENTS / "trial.yaml").read_text(encoding="utf-8")


def write(root: Path, base: str, trial: str) -> None:
    (root / ENVIRONMENTS).mkdir(parents=True, exist_ok=True)
    for name, text in ((BASE, base), ("trial", trial)):
        (root / ENVIRONMENTS / f"{name}.yaml").write_text(text, encoding="utf-8")


def refusal(root: Path) -> list[str]:
    with pytest.raises(InvalidInputError) as caught:
        load_settings("trial", root)
    return [str(fault) for fault in caught.value.faults]


def test_environment_takes_from_the_base_what_it_leaves_out_key_by_key(tmp_path: Path) -> None:
    base = yaml.safe_load(TEXT)
    own = {
        "environment": base.pop("environment"),
        "processing": {"workers": 9},
        "analytics": base.pop("analytics"),
    }
    own["alarms"] = {"emails": ["a@example.com"]}
    base["alarms"]["emails"] = ["b@example.com", "c@example.com"]
    write(tmp_path, yaml.safe_dump(base), yaml.safe_dump(own))
    found = load_settings("trial", tmp_path)
    expected = TRIAL.settings.model_copy(
        update={
            "processing": TRIAL.settings.processing.model_copy(update={"workers": 9}),
            "alarms": TRIAL.settings.alarms.model_copy(update={"emails": ("a@example.com",)}),
        }
    )
    assert found == expected


def test_base_is_no_environment(tmp_path: Path) -> None:
    write(tmp_path, "project: other\n", TEXT)
    assert environment_names(tmp_path) == ("trial",)
    assert load_settings("trial", tmp_path).project == "proof-lake"
    with pytest.raises(InvalidInputError, match="got 'base'; allowed: trial"):
        load_settings(BASE, tmp_path)


def test_fault_is_told_in_the_file_that_has_the_value(tmp_path: Path) -> None:
    own = TEXT.replace("  workers: 3\n", "").replace("project: proof-lake\n", "").replace("  shards: 1\n", "")
    write(tmp_path, "processing:\n  workers: 1\nproject: Lake\nstreams: {shards: 0}\n", own)
    assert [line.partition(": got")[0] for line in refusal(tmp_path)] == [
        "config/environments/base.yaml:2: processing.workers",
        "config/environments/base.yaml:3: project",
        "config/environments/base.yaml:4: streams.shards",
    ]


def test_key_that_neither_file_has_is_missed_in_the_environment(tmp_path: Path) -> None:
    write(tmp_path, "processing: {workers: 3}\n", TEXT.replace("  timeout_minutes: 31\n", ""))
    [line] = refusal(tmp_path)
    assert line.startswith("config/environments/trial.yaml:")
    assert "processing.timeout_minutes: got 'nothing'" in line


def test_both_files_are_read_though_one_is_malformed(tmp_path: Path) -> None:
    write(tmp_path, "a: [", "b: [")
    assert [line.partition(":")[0] for line in refusal(tmp_path)] == [
        "config/environments/base.yaml",
        "config/environments/trial.yaml",
    ]
