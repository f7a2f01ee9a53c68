"""Readers are personas of the environment."""

from pathlib import Path

from config.collisions import contradictions
from config.load import ENVIRONMENTS
from tests.fixtures.environments import FIXTURE

SECTION = """features:
  audit:
    trail: own
    keep_days: 10
    lock: null
    readers: [security_officer, sheriff]
    regions: []
"""


def test_reader_whom_the_environment_does_not_have_is_told(tmp_path: Path) -> None:
    folder = tmp_path / ENVIRONMENTS
    folder.mkdir(parents=True)
    text = (FIXTURE / ENVIRONMENTS / "trial.yaml").read_text(encoding="utf-8")
    (folder / "trial.yaml").write_text(text.replace("features: {}\n", SECTION), encoding="utf-8")
    [fault] = [str(each) for each in contradictions(tmp_path)]
    assert "sheriff" in fault
    assert "security_officer" in fault
