"""Which features' tests are due."""

from datetime import date
from pathlib import Path

import pytest

from tools.feature_tests import record
from tools.feature_tests.record import Record, content_of, due, write


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of three features, all tests of which have run; one needs no engine."""
    names = ("apples", "pears", "plain")
    monkeypatch.setattr(record, "features", lambda: dict.fromkeys(names))
    monkeypatch.setattr(
        record,
        "paths",
        lambda root, name: [root / tree / name for tree in ("stacks/features", "tests/features")],
    )
    for name in names:
        for tree in ("stacks/features", "tests/features"):
            (tmp_path / tree / name).mkdir(parents=True)
            (tmp_path / tree / name / "code.py").write_text("")
        passed = Record(date(2026, 12, 1), content_of(tmp_path, name), 0 if name == "plain" else 3)
        write(tmp_path, name, passed)
    return tmp_path


def test_one_that_needs_an_engine_is_due_in_turn_when_none_changed(root: Path) -> None:
    assert [due(root, turn) for turn in range(3)] == [["apples"], ["pears"], ["apples"]]


@pytest.mark.parametrize("changed", ["stacks/features/pears/code.py", "tests/features/pears/more.yaml"])
def test_one_that_changed_is_due_beside_the_turn(root: Path, changed: str) -> None:
    (root / changed).write_text("a: 1")
    assert due(root, 0) == due(root, 1) == ["pears", "apples"]


def test_text_for_people_and_the_record_itself_change_nothing(root: Path) -> None:
    (root / "stacks/features/pears/README.md").write_text("For people.")
    write(root, "pears", Record(date(2026, 12, 2), content_of(root, "pears"), 4))
    assert due(root, 0) == ["apples"]


def test_one_that_never_ran_is_due(root: Path) -> None:
    (root / "tests/features/plain/ran.yaml").unlink()
    assert due(root, 1) == ["plain", "pears"]
