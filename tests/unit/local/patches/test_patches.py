import re
from importlib import import_module
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


def test_every_patch_names_the_tests_that_prove_it() -> None:
    root = Path(__file__).parents[4]
    for name in patches.names():
        told = import_module(f"local.patches.{name}").__doc__ or ""
        named = re.findall(r"`(tests/[^`]+)`", told)
        assert named, name
        assert all((root / path).exists() for path in named), (name, named)


def test_patches_of_iam_are_applied_before_all_others() -> None:
    services = [name.partition(".")[0] for name in patches.names()]
    assert services.index("iam") == 0
    assert services == sorted(services, key=lambda service: service != "iam")
