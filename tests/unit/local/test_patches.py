from importlib.metadata import version
from pathlib import Path

import pytest

from local import patches


def test_apply_refuses_when_another_release_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patches, "version", lambda _: "1.5.34")
    with pytest.raises(
        patches.UnsupportedEmulatorError, match=r"1\.5\.34 is installed; the patches fit 1\.5\.33"
    ):
        patches.apply()


def test_supported_release_is_the_installed_one() -> None:
    assert version("ministack") == patches.SUPPORTED


def test_every_patch_has_a_contract_test() -> None:
    folder = Path(__file__).parents[2] / "local" / "patches"
    tests = {path.name for path in folder.glob("test_*.py")}
    tests |= {f"test_{path.parent.name}.py" for path in folder.glob("*/test_*.py")}  # of a patch in a folder
    shared = {"test_stepfunctions_roles.py"}
    assert {f"test_{name}.py" for name in patches._MODULES} - shared <= tests
