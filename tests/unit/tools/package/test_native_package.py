"""The package fits into Lambda, and what can be imported here runs as Lambda would have it run."""

import ast
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from tools.package.build import LIMIT, Report, build
from tools.package.pruning import RULES, SERVICES, rule_against
from tools.package.targets import LAMBDA, LAPTOP, LOCK, Target
from tools.package.wheels import find_wheels

pytestmark = pytest.mark.package

ON_LAMBDA = Path(__file__).with_name("on_lambda.py")
ARCHITECTURES = {"x86_64": 62, "aarch64": 183}
"""Number of the architecture in the header of a shared library."""
GLIBC = 34
"""Minor version of the glibc 2 that Lambda has for Python 3.14, on Amazon Linux 2023."""
ELSEWHERE = {
    "botocore.crt.auth",  # with Amazon's C library
    "dateutil.tz.win", "dateutil.tzwin", "rich._win32_console", "rich._windows_renderer",  # on Windows
}  # fmt: skip
"""Modules that fail to import without saying which module they miss."""
NEVER_REACHED = {
    "pyiceberg.catalog": "the catalogue of Hive is imported by who configures it",
    "rich": "PyIceberg prints a table of plain words",
    "zstandard": "the other backend is imported on PyPy",
}
"""Who still imports what was left out, and why that is never run."""


@dataclass(frozen=True)
class Package:
    """The package, built for one target."""

    target: Target
    library: Path
    report: Report

    @staticmethod
    def make(target: Target, folder: Path) -> "Package":
        """Build it from the wheels that were fetched."""
        return Package(target, folder / "python", build(find_wheels(target.wheels, LOCK), folder))

    def shared_libraries(self) -> list[Path]:
        """Its compiled files."""
        return [path for path in self.library.rglob("*.so*") if path.is_file()]

    def modules(self) -> set[str]:
        """Names of its modules."""
        files = (path.relative_to(self.library).as_posix() for path in self.library.rglob("*"))
        return {module for file in files if (module := _module(file))}


@pytest.fixture(scope="module")
def on_lambda(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """The package that would be deployed."""
    return Package.make(LAMBDA, tmp_path_factory.mktemp("lambda"))


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """The same versions, less the same files, for this machine."""
    return Package.make(LAPTOP, tmp_path_factory.mktemp("here"))


@pytest.fixture(scope="module", params=["on_lambda", "here"])
def each(request: pytest.FixtureRequest) -> Package:
    """Both."""
    package = request.getfixturevalue(request.param)
    assert isinstance(package, Package)
    return package


def _module(file: str) -> str | None:
    """The module that a file is, if it is one."""
    found = re.fullmatch(r"([\w/]+)(\.cpython-[\w-]+|\.abi3)?\.(py|so)", file)
    return found[1].replace("/", ".").removesuffix(".__init__") if found else None


def _run(command: str, package: Package, folder: Path) -> dict[str, object]:
    """Run a command in a process that has the package and Python alone."""
    process = [sys.executable, "-P", "-S", "-B", str(ON_LAMBDA), command, str(package.library), str(folder)]
    environment = {"PYTHONPATH": str(package.library), "HOME": str(folder)}
    done = subprocess.run(process, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads((folder / "answer.json").read_text())
    assert isinstance(answer, dict)
    return answer


def test_package_fits_into_lambda(each: Package) -> None:
    size = sum(path.stat().st_size for path in each.library.rglob("*") if path.is_file())
    assert size == each.report.size
    assert size <= LIMIT


def test_every_rule_leaves_something_out(each: Package) -> None:
    assert set(each.report.dropped) == {rule.name for rule in RULES}


def test_modules_are_the_same_on_lambda_and_here(on_lambda: Package, here: Package) -> None:
    assert on_lambda.modules() == here.modules()


def test_shared_libraries_are_made_for_the_target(each: Package) -> None:
    wanted = ARCHITECTURES[each.target.machine]
    libraries = {path: path.read_bytes() for path in each.shared_libraries()}
    assert libraries
    assert [path for path, data in libraries.items() if int.from_bytes(data[18:20], "little") != wanted] == []
    versions = {int(found) for data in libraries.values() for found in re.findall(rb"GLIBC_2\.(\d+)", data)}
    assert max(versions) <= GLIBC
    abi = f"cpython-{each.target.python.replace('.', '')}-{each.target.machine}-linux-gnu"
    extensions = [path.name for path in libraries if "cpython" in path.name]
    assert [name for name in extensions if abi not in name] == []


def test_libraries_of_arrow_that_are_linked_are_there(each: Package) -> None:
    there = {path.name for path in each.shared_libraries()}
    linked = {
        name.decode()
        for path in each.shared_libraries()
        for name in re.findall(rb"\x00(lib(?:arrow|parquet)\w*\.so\.\d+)(?=\x00)", path.read_bytes())
    }
    assert "libarrow.so.2500" in linked, "update the version with Arrow's"
    assert linked - there == set()


def test_every_module_is_imported_that_does_not_ask_for_what_is_not_locked(
    here: Package, tmp_path: Path
) -> None:
    answer = _run("modules", here, tmp_path)
    modules, failed = answer["modules"], answer["failed"]
    assert isinstance(modules, list)
    assert isinstance(failed, dict)
    assert {"pyarrow.parquet", "pyiceberg.table", "duckdb", "zstandard", "msgspec", "xxhash"} <= set(modules)
    locked = _in_wheels()
    assert {name: missed for name, missed in failed.items() if missed in locked} == {}
    assert {name for name, missed in failed.items() if missed is None} == ELSEWHERE


def _in_wheels() -> set[str]:
    """All modules that are locked, left out or not."""
    return {module for file in _files_of_wheels() if (module := _module(file))}


def _files_of_wheels() -> Iterator[str]:
    for wheel in find_wheels(LAPTOP.wheels, LOCK):
        with zipfile.ZipFile(wheel) as archive:
            yield from archive.namelist()


def test_nothing_imports_what_was_left_out(here: Package) -> None:
    """Functions that import when they are called do not, either."""
    left_out = {module for file in _files_of_wheels() if rule_against(file) and (module := _module(file))}
    assert {"click", "pyarrow.flight", "zstandard.backend_cffi"} <= left_out
    found = {
        importer if importer in NEVER_REACHED else importer.partition(".")[0]
        for path in here.library.rglob("*.py")
        if (importer := _module(path.relative_to(here.library).as_posix()))
        and left_out.intersection(_imported(importer, path))
    }
    assert found == set(NEVER_REACHED)


def _imported(importer: str, path: Path) -> Iterator[str]:
    """Names of all that a module imports anywhere, modules or not."""
    package = importer if path.stem == "__init__" else importer.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            yield origin
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def test_clients_are_made_of_the_services_that_stay(here: Package, tmp_path: Path) -> None:
    assert _run("clients", here, tmp_path) == {"services": list(SERVICES)}


def test_records_go_into_an_iceberg_table_without_numpy_or_semaphores(here: Package, tmp_path: Path) -> None:
    answer = _run("silver", here, tmp_path)
    assert "Mismatch in fields" in str(answer.pop("unfit"))
    assert "pyiceberg-core" in str(answer.pop("append"))  # only files are added to a table with partitions
    days = [(date(2026, 1, day) - date(1970, 1, 1)).days for day in (1, 2)]
    assert answer == {
        "ids": ["a", "b"],
        "partitions": days,
        "runs": ["0", "1"],
        "counted": 2,
        "numpy": False,
    }


def test_processes_and_pipes_work_where_semaphores_are_refused(here: Package, tmp_path: Path) -> None:
    assert _run("processes", here, tmp_path) == {
        "sent": {"fork": 42, "forkserver": 42, "spawn": 42},
        "refused": ["Pool", "Queue", "Lock", "ProcessPoolExecutor"],
    }
