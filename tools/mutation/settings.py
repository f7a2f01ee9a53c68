"""What `pyproject.toml` says of mutation testing."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Group:
    """Modules that have one purpose, and the tests that state it."""

    name: str
    sources: tuple[str, ...]
    """Modules, and folders of modules."""
    leaves: tuple[str, ...]
    """Modules among them that no test can tell from a mutant."""
    tests: tuple[str, ...]

    def modules(self, root: Path) -> Iterator[Path]:
        """Return the files to try.

        Raises:
            FileNotFoundError: A source, or what is left out, is not there.
        """
        left = {(root / name).resolve(strict=True) for name in self.leaves}
        for name in self.sources:
            source = (root / name).resolve(strict=True)
            for path in sorted(source.rglob("*.py")) if source.is_dir() else [source]:
                if path not in left:
                    yield path


@dataclass(frozen=True)
class Settings:
    """The section `tool.mutation`."""

    least: float
    """Percent of the mutants of each group that tests must kill."""
    explained: str
    """File that lists the mutants that no test can kill."""
    groups: tuple[Group, ...]

    @classmethod
    def of(cls, root: Path) -> "Settings":
        """Read the settings of the project in a folder."""
        section = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["mutation"]
        groups = (
            Group(name, tuple(each["sources"]), tuple(each.get("leaves", ())), tuple(each["tests"]))
            for name, each in section["groups"].items()
        )
        return cls(section["least"], section["explained"], tuple(groups))
