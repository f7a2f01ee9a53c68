"""What the emulator lacks and the lake needs: a folder per AWS service, a module per gap, a test per module.

A module with a function `apply` is a patch; those in folders are found, none is listed. The patches replace
private functions of one exact release, so any other release is refused.
"""

import re
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

SUPPORTED = "1.5.33"
"""The release of ministack that the patches were written for and tested against."""

_FOLDER = Path(__file__).parent
_APPLY = re.compile(r"^def apply\(\) -> None:", re.MULTILINE)


class UnsupportedEmulatorError(RuntimeError):
    """The installed ministack is not the release that the patches fit."""


def apply() -> None:
    """Apply every patch; must run before the first request.

    Raises:
        UnsupportedEmulatorError: Another release of ministack is installed.
    """
    installed = version("ministack")
    if installed != SUPPORTED:
        raise UnsupportedEmulatorError(
            f"ministack {installed} is installed; the patches fit {SUPPORTED} alone: install the locked "
            "requirements, or adapt local/patches and run tests/local/patches"
        )
    for name in names():  # imported only now, as another release may lack what they import
        import_module(f"{__name__}.{name}").apply()


def names() -> list[str]:
    """Return the patches as `<folder>.<module>`, in the order in which they are applied.

    Those of `iam` come first: the others complete what IAM is asked about.
    """
    found = sorted(
        path.relative_to(_FOLDER).with_suffix("")
        for path in _FOLDER.glob("*/*.py")
        if _APPLY.search(path.read_text(encoding="utf-8"))
    )
    dotted = [".".join(path.parts).removesuffix(".__init__") for path in found]
    return sorted(dotted, key=lambda name: not name.startswith("iam."))
