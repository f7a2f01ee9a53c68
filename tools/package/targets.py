"""Which wheels of the lock a place needs: those of its interpreter and its platform."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = Path(__file__).parent / "lambda.txt"
_GLIBC = range(28, 16, -1)
"""Minor versions of glibc 2 that wheels may ask for; Lambda has 34. pip takes each by its own name."""


@dataclass(frozen=True)
class Target:
    """One place where the package runs."""

    python: str
    machine: str

    @property
    def architecture(self) -> str:
        """What AWS calls its machine."""
        return {"aarch64": "arm64"}.get(self.machine, self.machine)

    @property
    def wheels(self) -> Path:
        """Folder of the wheels that were fetched for it, and for no other Python or machine."""
        return ROOT / ".build" / "wheels" / f"{self.python}-{self.machine}"

    def pip_options(self) -> Iterator[str]:
        """Options by which pip chooses wheels for it rather than for where pip runs."""
        yield from ("--implementation", "cp", "--python-version", self.python)
        for abi in (f"cp{self.python.replace('.', '')}", "abi3", "none"):
            yield from ("--abi", abi)
        for platform in (*(f"manylinux_2_{minor}" for minor in _GLIBC), "manylinux2014"):
            yield from ("--platform", f"{platform}_{self.machine}")


LAMBDA = Target("3.14", "aarch64")
LAPTOP = Target("3.11", "x86_64")
"""The same versions for the machine that runs the tests, since what Lambda gets cannot be imported there."""

GLUE = Target("3.11", "x86_64")
"""Workers of Glue 5.1: https://docs.aws.amazon.com/glue/latest/dg/release-notes.html"""

TARGETS = (LAMBDA, LAPTOP)
