"""The paths of a domain: its contracts, the samples that feed it on a laptop, and the tests of both."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.cli.project import CONTRACTS

SAMPLES, TESTS = "local/samples", "tests/samples"
_REMOVED = ".removed-"


def domains_of(project: Path) -> list[str]:
    """Return the domains that a project has anything of, sorted."""
    found = {path.name for place in (CONTRACTS, SAMPLES, TESTS) for path in _folders(project / place)}
    found |= {path.stem for path in (project / SAMPLES).glob("*.py") if path.stem != "__init__"}
    return sorted(found)


def paths_of(project: Path, domain: str) -> dict[str, Path]:
    """Return what there is of a domain, by its path relative to the project."""
    places = (f"{CONTRACTS}/{domain}", f"{SAMPLES}/{domain}.py", f"{SAMPLES}/{domain}", f"{TESTS}/{domain}")
    return {place: project / place for place in places if (project / place).exists()}


def files_of(path: Path) -> list[Path]:
    """Return the files of a path, but for those that Python compiled."""
    if path.is_file():
        return [path]
    return sorted(file for file in path.rglob("*") if file.is_file() and file.parent.name != "__pycache__")


def remove_all(project: Path, paths: Iterable[Path]) -> None:
    """Remove files and folders, all of them or none.

    Raises:
        OSError: One cannot be taken from its place, and all are where they were; or all are taken away, and
            something in the folder that they were moved to cannot be deleted.
    """
    for left in project.glob(f"{_REMOVED}*"):  # by one that was killed
        shutil.rmtree(left)
    moved: list[tuple[Path, Path]] = []
    with tempfile.TemporaryDirectory(dir=project, prefix=_REMOVED) as folder:
        try:
            for number, path in enumerate(paths):
                target = Path(folder, str(number))
                path.rename(target)
                moved.append((path, target))
        except OSError:
            for path, target in reversed(moved):
                target.rename(path)
            raise


def _folders(place: Path) -> Iterator[Path]:
    """Yield the folders of a place that have any file."""
    if place.is_dir():
        yield from (path for path in place.iterdir() if path.is_dir() and files_of(path))
