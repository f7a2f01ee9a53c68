import re
from collections.abc import Callable
from pathlib import Path

import pytest

from config.faults import InvalidInputError
from config.load import environment_names, load_settings
from lakehouse.access.load import unknown_personas
from tests.fixtures.environments import FIXTURE, OWN, Environment

Change = Callable[[str], str]
FUNCTION = (
    "max_mebibytes: 64, memory_mebibytes: 1769, storage_mebibytes: 512, gather_seconds: 2, "
    'python: "3.14", architecture: arm64'
)


def refusal(root: Path, change: Change, environment: str = "trial") -> list[str]:
    folder = root / "config/environments"
    folder.mkdir(parents=True)
    text = (FIXTURE / "config/environments/trial.yaml").read_text(encoding="utf-8")
    changed = change(text)
    assert changed != text or environment != "trial"
    (folder / f"{environment}.yaml").write_text(changed, encoding="utf-8")
    with pytest.raises(InvalidInputError) as caught:
        load_settings(environment, root)
    return str(caught.value).splitlines()


def replaced(old: str, new: str) -> Change:
    return lambda text: text.replace(old, new, 1)


@pytest.mark.parametrize("environment", OWN, ids=str)
def test_load_settings_accepts_every_environment_of_the_project(environment: Environment) -> None:
    assert environment.naming.environment == environment.name
    assert unknown_personas(environment.settings, environment.lake.access) == []


def test_project_has_the_environment_of_the_laptop_in_the_account_of_the_embedded_aws() -> None:
    [local] = [environment.settings for environment in OWN if environment.name == "local"]
    assert (local.account, local.disposable) == ("000000000000", True)


def test_environments_are_named_by_their_files() -> None:
    assert environment_names(FIXTURE) == ("live", "trial")


def test_load_settings_lists_the_environments_when_there_is_no_such_file() -> None:
    with pytest.raises(InvalidInputError) as caught:
        load_settings("liv", FIXTURE)
    assert str(caught.value) == (
        "config/environments: environment: got 'liv'; allowed: live, trial; fix: did you mean 'live'?"
    )


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "  shards: 1\n",
            "  shard: 1\n",
            r":\d+: streams\.shard: got 'shard'; allowed: buffer_.*, shards.*; fix: did you mean 'shards'\?",
        ),
        (
            "  shards: 1\n",
            "  shard: 1\n",
            r":\d+: streams\.shards: got 'nothing'; allowed: a value, which has no default; fix: add",
        ),
        (
            "workers: 3",
            "workers: 1",
            r":\d+: processing\.workers: got 1; allowed: greater than or equal to 2",
        ),
        (
            "    scientist: [",
            "    # scientist: [",
            r":\d+: people: got .*; allowed: personas analyst, scientist, clerk, .*, as in analytics\.scan",
        ),
        ("workers: 3", 'workers: "3"', r"processing\.workers: got '3'; allowed: a valid integer"),
        ('"100000000001"', "100000000001", r"account: got 100000000001; .*; fix: write the value in quotes"),
        ("disposable: true", 'disposable: "yes"', r"disposable: got 'yes'; allowed: a valid boolean"),
        ("G.1X", "G.3X", r"worker_type: got 'G\.3X'; allowed: 'G\.1X', 'G\.2X', 'G\.4X' or 'G\.8X'"),
        ("log_retention_days: 3", "log_retention_days: 31", r"log_retention_days: got 31; allowed: 1, 3, 5"),
        (
            "glacier_days: 91",
            "glacier_days: 30",
            r"glacier_days: got 30; allowed: greater than or equal to 90",
        ),
        (
            "infrequent_access_days: 31",
            "infrequent_access_days: 91",
            r":\d+: storage: got .*; allowed: glacier_days greater than infrequent_access_days",
        ),
        (
            "schedule: null",
            "schedule: hourly",
            r"processing\.schedule: got 'hourly'; allowed: text that matches",
        ),
        (
            "function: null",
            f"function: {{ {FUNCTION}, timeout_seconds: 901 }}",
            r"processing\.function\.timeout_seconds: got 901; allowed: less than or equal to 900",
        ),
        (
            "function: null",
            f"function: {{ {FUNCTION.replace('arm64', 'x86_64')}, timeout_seconds: 900 }}",
            r":\d+: processing\.function: got .*; allowed: python 3\.14 with arm64 or python 3\.11 with x86",
        ),
        (
            "function: null",
            f"function: {{ {FUNCTION} }}",
            r"processing\.function\.timeout_seconds: got 'nothing'; allowed: a value.*; fix: add the key",
        ),
        (
            "function: null",
            f"function: {{ {FUNCTION}, timeout_seconds: 900 }}",
            r":\d+: processing: got .*; allowed: arrival_minutes where function\.gather_seconds is set",
        ),
        ("analyst: 1", "analyst: 0", r"scan_limit_gib\.analyst: got 0; allowed: greater than or equal to 1"),
        (
            "analyst: 1",
            "The-Boss: 1",
            r"scan_limit_gib\.The-Boss: got 'The-Boss'; allowed: text that matches",
        ),
        (
            "job_every_days: null",
            "job_every_days: 7",
            r"job_every_days: got 7; allowed: less than or equal to 6",
        ),
        (
            "job_every_days: null",
            "job_every_days: 6",
            r":\d+: tables: got .*; allowed: job_every_days less than snapshot_days",
        ),
        (
            "maintenance: job",
            "maintenance: managed",
            r":\d+: tables: got .*; allowed: job_every_days where Glue expires snapshots",
        ),
        (
            "results_days: null",
            "results_days: 30",
            r":\d+: tables: got .*; allowed: job_every_days where results_days or rejected_text_days is set",
        ),
        (
            "rejected_text_days: null",
            "rejected_text_days: 0",
            r"rejected_text_days: got 0; allowed: greater than or equal to 1",
        ),
        ("orphan_days: 3", "orphan_days: 2", r"orphan_days: got 2; allowed: greater than or equal to 3"),
        (
            "worker_type: G.1X\n  workers: 3\n  flex_jobs: []",
            "worker_type: G.4X\n  workers: 3\n  flex_jobs: [gold]",
            r":\d+: processing: got .*; allowed: worker_type G\.1X or G\.2X where flex_jobs names any",
        ),
        (
            "cost: null",
            "cost: { monthly_budget_usd: 0, anomaly_usd: 1, emails: [a@example.com] }",
            r"cost\.monthly_budget_usd: got 0; allowed: greater than or equal to 1",
        ),
        (
            "cost: null",
            "cost: { monthly_budget_usd: 1, anomaly_usd: 1, emails: [] }",
            r"cost\.emails: got \[\]; allowed: ",
        ),
        ("emails: []", "emails: [me]", r"alarms\.emails\[0\]: got 'me'"),
        (
            "features: {}",
            "features: { no_such_system: {} }",
            r":\d+: features\.no_such_system: got 'no_such_system'; allowed: .*; fix: remove it",
        ),
        (
            "environment: trial",
            "environment: test",
            r":3: environment: got 'test'; allowed: trial, as the file is named; fix: rename the file",
        ),
        (
            "project: proof-lake",
            "project: Lake_House",
            r":2: project: got 'Lake_House'; allowed: lower-case letters",
        ),
        (
            "project: proof-lake",
            f"project: {'a' * 40}",
            r":2: project: got 'a+'; allowed: bucket names of at most 63",
        ),
        ("region: eu-north-1", "region: [", r":\d+: document: got "),
        (
            "region: eu-north-1",
            "region: eu-north-1\nregion: eu-north-1",
            r":6: region: got 'region'; allowed: each key once",
        ),
    ],
)
def test_load_settings_says_what_to_mend_when_a_value_is_wrong(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    lines = refusal(tmp_path, replaced(old, new))
    assert any(re.search(r"^config/environments/trial\.yaml.*" + fault, line) for line in lines), lines


def test_load_settings_finds_all_faults_at_once_when_there_are_several(tmp_path: Path) -> None:
    def change(text: str) -> str:
        text = text.replace("environment: trial", "environment: Trial").replace("workers: 3", "workers: 0")
        return text.replace("owner:", "ownr:").replace("retention_hours: 25", "retention_hours: 1")

    lines = refusal(tmp_path, change)
    paths = {re.match(r"[^:]+:\d+: ([^:]+):", line)[1] for line in lines}  # type: ignore[index]
    assert paths == {"environment", "ownr", "owner", "processing.workers", "streams.retention_hours"}


def test_load_settings_ignores_names_when_they_are_not_text(tmp_path: Path) -> None:
    lines = refusal(tmp_path, replaced("project: proof-lake", "project: 7"))
    assert len(lines) == 1
    assert "project: got 7; allowed: a valid string" in lines[0]


def test_load_settings_refuses_a_copied_file_when_its_environment_was_not_changed(tmp_path: Path) -> None:
    (line,) = refusal(tmp_path, lambda text: text, environment="test")
    assert "environment: got 'trial'; allowed: test, as the file is named" in line
