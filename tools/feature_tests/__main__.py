"""`make features`, and the last part of `make test`."""

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import pytest
import typer

from stacks.features.registry import features
from tools.feature_tests.record import Record, content_of, due, write

app = typer.Typer()

_GIT = shutil.which("git") or "git"

_OPTIONS = ["-q", "-n", "2", "--dist", "loadgroup", "--no-loadscope-reorder", "-m", "aws or spark"]


@app.command("run")
def run(names: Annotated[list[str] | None, typer.Argument(help="These features only.")] = None) -> None:
    """Run the tests of features that need the embedded AWS or Spark, and put on record those that pass."""
    root = Path.cwd()
    allowed = list(features())
    if unknown := sorted(set(names or ()) - set(allowed)):
        sys.exit(f"make features: got FEATURE={' '.join(unknown)}; allowed: {', '.join(allowed)}")
    failed = []
    for name in names or allowed:
        passed, tests = _test(root, [name])
        if passed:
            write(root, name, Record(datetime.now(UTC).date(), content_of(root, name), tests))
        else:
            failed.append(name)
    subprocess.run([sys.executable, "-m", "tools.docs.reference"], check=True)
    if failed:
        sys.exit(f"tests failed: {', '.join(failed)}")


@app.command("turn")
def turn() -> None:
    """Run those of features that changed since, and of one other; commits tell whose turn it is."""
    root = Path.cwd()
    found = subprocess.run(
        [_GIT, "rev-list", "--count", "HEAD"], cwd=root, capture_output=True, text=True, check=False
    )
    names = due(root, int(found.stdout) if found.returncode == 0 else 0)
    print(f"features: {', '.join(names) or 'none'}", flush=True)
    if names and not _test(root, names)[0]:
        sys.exit(1)


class _Counted:
    """Counts tests; those that processes of xdist ran, too."""

    def __init__(self) -> None:
        self.tests: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note one."""
        self.tests.add(report.nodeid)


def _test(root: Path, names: list[str]) -> tuple[bool, int]:
    """Return whether the tests of features pass, and how many there are."""
    folders = [path for name in names if (path := root / "tests" / "features" / name).is_dir()]
    counted = _Counted()
    code = pytest.main([*_OPTIONS, *map(str, folders)], [counted]) if folders else pytest.ExitCode.OK
    return code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED), len(counted.tests)


app()
