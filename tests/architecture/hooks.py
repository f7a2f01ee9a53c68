"""What keeps the hooks of `.pre-commit-config.yaml` from being the programs that the lock names."""

import re
from collections.abc import Iterator, Mapping
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", re.MULTILINE)
_FOLDER = ".venv/bin/"


def locked(requirements: Path) -> dict[str, str]:
    """Return the version of each package that a lock file names."""
    return {_name(package): version for package, version in _LOCKED.findall(requirements.read_text())}


def programs() -> dict[str, tuple[str, str]]:
    """Return name and version of the installed package that each program of the environment comes from."""
    return {
        file.name: (_name(package.name), package.version)
        for package in distributions()
        for file in package.files or []
        if file.parts[-2:-1] == ("bin",) and file.parts[0] == ".."
    }


def differences(
    config: Mapping[str, Any], lock: Mapping[str, str], installed: Mapping[str, tuple[str, str]]
) -> list[str]:
    """Return one line for each hook that runs something else than what the lock names.

    A hook of a repository has its revision; a local one runs an installed program of the environment.
    """
    found: list[str] = []
    for repository in config["repos"]:
        if repository["repo"] == "local":
            found += _of_local_hooks(repository["hooks"], lock, installed)
        else:
            found += _of_repository(repository, lock)
    return found


def _of_repository(repository: Mapping[str, Any], lock: Mapping[str, str]) -> Iterator[str]:
    url, revision = repository["repo"], repository["rev"]
    package = _name(url.rstrip("/").rpartition("/")[2].removesuffix("-pre-commit").removeprefix("mirrors-"))
    if package not in lock:
        yield f"{url}: got {package}; allowed: a package that the lock names"
    elif revision.removeprefix("v") != lock[package]:
        yield f"{url}: got {revision}; allowed: {lock[package]}, as locked"


def _of_local_hooks(
    hooks: list[Mapping[str, Any]], lock: Mapping[str, str], installed: Mapping[str, tuple[str, str]]
) -> Iterator[str]:
    for hook in hooks:
        path, wanted = hook["entry"].split()[0], f"a program below {_FOLDER} that a locked package installs"
        package, version = installed.get(path.removeprefix(_FOLDER), ("", ""))
        if not path.startswith(_FOLDER) or package not in lock:
            yield f"{hook['id']}: got {path}; allowed: {wanted}"
        elif version != lock[package]:
            yield f"{hook['id']}: got {version}; allowed: {lock[package]}, as locked; fix: make setup"


def _name(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()
