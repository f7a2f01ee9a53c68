"""The domains of a project that are examples: all their contracts say so by a tag."""

from collections.abc import Iterator
from pathlib import Path

from config.document import read
from config.faults import InvalidInputError
from lakehouse.odcs.head import SUFFIX
from tools.cli.project import CONTRACTS
from tools.lake.domains.paths import paths_of

TAG = "example"
"""Tag, at the top of a contract, of what a fork may drop."""


def examples(project: Path) -> list[str]:
    """Return the domains all of whose contracts have the tag, sorted.

    A contract that cannot be read has none.
    """
    folders = sorted(path for path in (project / CONTRACTS).iterdir() if path.is_dir())
    return [path.name for path in folders if (found := list(_tagged(path, project))) and all(found)]


def paths(project: Path, domains: list[str]) -> dict[str, Path]:
    """Return what there is of some domains, by its path relative to the project.

    Contracts are the last, so that a removal that was cut off can be repeated.
    """
    found = {where: path for domain in domains for where, path in paths_of(project, domain).items()}
    return dict(sorted(found.items(), key=lambda each: each[0].startswith(f"{CONTRACTS}/")))


def _tagged(folder: Path, project: Path) -> Iterator[bool]:
    for path in folder.rglob(f"*{SUFFIX}"):
        try:
            tags = read(path, project).data.get("tags")
        except InvalidInputError:
            yield False
        else:
            yield isinstance(tags, list) and TAG in tags
