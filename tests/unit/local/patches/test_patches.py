from importlib.metadata import version
from pathlib import Path

import pytest

from local import patches

SHARED = {"glue.governance", "iam.calls", "stepfunctions.roles"}
"""Proven by the tests of the services and integrations that they serve."""


def test_apply_refuses_when_another_release_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patches, "version", lambda _: "1.5.34")
    with pytest.raises(
        patches.UnsupportedEmulatorError, match=r"1\.5\.34 is installed; the patches fit 1\.5\.33"
    ):
        patches.apply()


def test_supported_release_is_the_installed_one() -> None:
    assert version("ministack") == patches.SUPPORTED


def test_every_patch_has_a_contract_test() -> None:
    tests = Path(__file__).parents[3] / "local" / "patches"
    for name in set(patches.names()) - SHARED:
        service, _, module = name.partition(".")
        found = [tests / service / f"test_{module}.py"] if module else [*(tests / service).glob("test_*.py")]
        assert found, name
        assert all(path.is_file() for path in found), name


def test_patches_of_iam_are_applied_before_all_others() -> None:
    services = [name.partition(".")[0] for name in patches.names()]
    assert services.index("iam") == 0
    assert services == sorted(services, key=lambda service: service != "iam")
