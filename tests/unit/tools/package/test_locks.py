"""Each place has a lock of its own, and all have the same versions."""

from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.package.targets import LAMBDA, LOCK
from tools.package.wheels import read_lock

ROOT = Path(__file__).resolve().parents[4]
LAPTOP = ROOT / "requirements-dev.txt"
LOCKS = (LOCK, LOCK.with_name("glue.txt"))


def _asked(lock: Path) -> set[str]:
    lines = [line.partition("#")[0].strip() for line in lock.with_suffix(".in").read_text().splitlines()]
    return {canonicalize_name(Requirement(line).name) for line in lines if line}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_versions_are_those_of_the_laptop(lock: Path) -> None:
    laptop = read_lock(LAPTOP)
    versions = {name: pin.version for name, pin in read_lock(lock).items()}
    assert versions == {name: laptop[name].version for name in versions}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_lock_names_all_that_is_asked_for_by_hash(lock: Path) -> None:
    pins = read_lock(lock)
    assert _asked(lock) - set(pins) == set()
    assert [name for name, pin in pins.items() if not pin.hashes] == []


def test_what_judges_records_is_the_same_on_glue_and_on_lambda() -> None:
    on_lambda, glue = (read_lock(lock) for lock in LOCKS)
    assert glue
    assert {name: on_lambda[name] for name in glue} == glue


def test_lock_is_for_the_python_and_the_machine_of_functions() -> None:
    function = (ROOT / "stacks/components/functions/python_function.py").read_text()
    assert f"Runtime.PYTHON_{LAMBDA.python.replace('.', '_')}" in function
    assert (LAMBDA.machine, "Architecture.ARM_64" in function) == ("aarch64", True)
    resolved = [
        line for line in (ROOT / "Makefile").read_text().splitlines() if "tools/package/lambda.in" in line
    ]
    assert len(resolved) == 1
    assert f"--python-version {LAMBDA.python} --python-platform {LAMBDA.machine}-manylinux" in resolved[0]
