"""Wheels of a lock: fetched by hash, and found again only as the lock names them."""

import hashlib
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name, parse_wheel_filename

from tools.package.targets import Target

_PIN = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>\S+) \\\n(?P<hashes>(?: +--hash=\S+(?: \\)?\n)+)", re.MULTILINE
)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class PackageError(RuntimeError):
    """The package cannot be made; the message tells why and what to do."""


@dataclass(frozen=True)
class Pin:
    """One distribution of a lock."""

    version: str
    hashes: frozenset[str]


def read_lock(lock: Path) -> dict[str, Pin]:
    """Return what a lock names, by the distributions' names."""
    return {
        canonicalize_name(found["name"]): Pin(found["version"], frozenset(_HASH.findall(found["hashes"])))
        for found in _PIN.finditer(lock.read_text(encoding="utf-8"))
    }


def fetch(target: Target, lock: Path, folder: Path) -> None:
    """Fetch the wheels that are not in a folder yet, and delete there what the lock does not name.

    Raises:
        PackageError: A wheel could not be fetched.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pins = read_lock(lock)
    for wheel in folder.glob("*.whl"):
        if _fault(wheel, pins):
            wheel.unlink()
    if any(_absent(folder.glob("*.whl"), pins)):
        _download(target, lock, folder)


def find_wheels(folder: Path, lock: Path, *, others: bool = False) -> list[Path]:
    """Return the one wheel of each distribution of a lock, in the order of their names.

    `others` says whether the folder may hold what the lock does not name.

    Raises:
        PackageError: One is absent, or is not what the lock names.
    """
    pins = read_lock(lock)
    wheels = sorted(wheel for wheel in folder.glob("*.whl") if not others or _name(wheel) in pins)
    faults = [*_absent(wheels, pins), *filter(None, (_fault(wheel, pins) for wheel in wheels))]
    if faults:
        raise PackageError(
            f"got {'; '.join(faults)} in {folder}; allowed: the wheels that {lock.name} names; "
            "fix: rm -rf .build/wheels, then make setup"
        )
    return wheels


def _absent(wheels: Iterable[Path], pins: Mapping[str, Pin]) -> Iterator[str]:
    for name in sorted(set(pins) - {_name(wheel) for wheel in wheels}):
        yield f"no wheel of {name}"


def _fault(wheel: Path, pins: Mapping[str, Pin]) -> str:
    """Tell why this is no wheel of the lock, if it is none."""
    pin = pins.get(_name(wheel))
    if pin is None:
        return f"{wheel.name}, which is not locked"
    with wheel.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return "" if digest in pin.hashes else f"{wheel.name} with another hash"


def _name(wheel: Path) -> str:
    return parse_wheel_filename(wheel.name)[0]


def _download(target: Target, lock: Path, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--require-hashes", *target.pip_options()]
    command += ["--dest", str(folder), "--requirement", str(lock)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PackageError(
            f"could not fetch wheels of {lock.name} for Python {target.python} on {target.machine}: "
            f"{done.stderr.strip()}; fix: check the network or pip's index settings, then make setup"
        )
