"""When the tests of a feature ran last, and on what: `tests/features/<name>/ran.yaml`.

It lies in the feature's folder, so that it goes when the feature goes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import yaml

from stacks.features.registry import features
from tools.lake.feature.places import paths

_SUFFIXES = {".py", ".yaml", ".json", ".sql", ".html", ".txt"}
_NAME = "ran.yaml"


@dataclass(frozen=True)
class Record:
    """The last run that passed."""

    passed: date
    content: str
    """Of the feature's files, as `content_of` tells it."""
    tests: int
    """How many tests need an engine; 0: none does."""


def content_of(root: Path, name: str) -> str:
    """Return a digest of the files that make a feature: what runs, what it is set by, and its tests."""
    digest = sha256()
    for path in sorted(_files(root, name)):
        digest.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def read(root: Path, name: str) -> Record | None:
    """Return what is on record of a feature; None if its tests never ran."""
    path = root / "tests" / "features" / name / _NAME
    if not path.is_file():
        return None
    return Record(**yaml.safe_load(path.read_text()))


def write(root: Path, name: str, record: Record) -> None:
    """Put a run on record."""
    path = root / "tests" / "features" / name / _NAME
    path.write_text(yaml.safe_dump(vars(record), sort_keys=False))


def due(root: Path, turn: int) -> list[str]:
    """Return the features that changed since their tests ran last, and one of the others, which take turns.

    Args:
        root: The project.
        turn: Whose turn it is, by any number that goes up.
    """
    records = {name: read(root, name) for name in features()}
    changed = [
        name for name, found in records.items() if found is None or found.content != content_of(root, name)
    ]
    others = [name for name, found in records.items() if name not in changed and found and found.tests]
    return [*changed, *([others[turn % len(others)]] if others else [])]


def _files(root: Path, name: str) -> Iterator[Path]:
    for path in paths(root, name):
        for file in path.rglob("*") if path.is_dir() else [path]:
            if file.suffix in _SUFFIXES and file.name != _NAME:
                yield file
