"""The contracts of another revision, read from git into a temporary folder."""

import io
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from config.faults import Fault, InvalidInputError
from lakehouse.access.load import load_access
from lakehouse.model.dataset import Lake
from lakehouse.odcs.head import SUFFIX
from lakehouse.odcs.lake.load import load_lake
from lakehouse.odcs.lake.unit_tests import TESTS
from tools.cli.project import CONTRACTS

_BUILD = ".build"
"""Where `make setup` and `make package` put what is deployed beside the code."""


@dataclass(frozen=True)
class Revision:
    """A commit, and the folder in it that is the project."""

    commit: str
    top: Path
    """Folder that the repository is checked out to."""
    prefix: str
    """Path of the project below it, with a slash at its end; empty if they are one."""

    @classmethod
    def find(cls, root: Path, ref: str) -> "Revision":
        """Look a revision up in the repository that holds the project.

        Raises:
            typer.BadParameter: There is no git, no repository or no such revision; the message tells which.
        """
        if shutil.which("git") is None:
            raise typer.BadParameter("got no `git` on the PATH; allowed: any git; fix: install it")
        top = _git(root, "rev-parse", "--show-toplevel")
        if top.returncode:
            fix = f"clone the project, or mend what git says: {top.stderr.decode().strip()}"
            raise typer.BadParameter(f"got {root}; allowed: a folder of a git repository; fix: {fix}")
        commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        if commit.returncode:
            raise typer.BadParameter(f"got {ref}; allowed: a branch, tag or commit; fix: {_advice(root)}")
        prefix = _git(root, "rev-parse", "--show-prefix")
        return cls(_line(commit), Path(_line(top)), _line(prefix))

    @contextmanager
    def checked_out(self) -> Iterator[Path]:
        """Offer a folder that holds the contracts of the revision, if it has any, and nothing else."""
        with tempfile.TemporaryDirectory() as folder:
            contracts = self.prefix + CONTRACTS
            if _line(_git(self.top, "ls-tree", self.commit, contracts)):
                run = _git(self.top, "archive", "--format=tar", self.commit, contracts)
                _unpack(run.stdout, folder)
            yield Path(folder, self.prefix)

    @contextmanager
    def checked_out_whole(self) -> Iterator[Path]:
        """Offer a folder that holds the project as it was, with what `make setup` has fetched since."""
        with tempfile.TemporaryDirectory() as folder:
            whole = ["--", self.prefix] if self.prefix else []
            run = _git(self.top, "archive", "--format=tar", self.commit, *whole)
            _unpack(run.stdout, folder)
            Path(folder, self.prefix, _BUILD).symlink_to(self.top / self.prefix / _BUILD)
            yield Path(folder, self.prefix)


def _unpack(content: bytes, folder: str) -> None:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        # An attribute, which Python before 3.11.4 passes over; `extractall` there knows no filter.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(folder)  # noqa: S202 (git wrote it, from a revision of this project)


def load_at(revision: Revision, *, lenient: bool) -> tuple[Lake, list[Fault]]:
    """Load the contracts of a revision by the rules of today.

    Returns:
        The lake, without any dataset if the revision has no contracts, and the faults that were forgiven:
        if `lenient`, contracts with faults count as absent, and so do others that need them.

    Raises:
        InvalidInputError: Contracts have faults, and are not forgiven.
    """
    forgiven: list[Fault] = []
    with revision.checked_out() as root:
        while any((root / CONTRACTS).rglob(f"*{SUFFIX}")):
            try:
                return load_lake(root, load_access(revision.top / revision.prefix)), forgiven
            except InvalidInputError as error:
                files = {root / fault.where.partition(":")[0] for fault in error.faults}
                if not lenient or not any(file.is_file() for file in files):
                    raise
                forgiven += error.faults
                for file in files:
                    _remove(file)
    return Lake(()), forgiven


def _remove(file: Path) -> None:
    """Remove a file; of a contract, SQL and unit tests that belong together, all."""
    name = file.name.removesuffix(SUFFIX).removesuffix(TESTS).removesuffix(".sql")
    for each in (file, *(file.with_name(f"{name}{suffix}") for suffix in (SUFFIX, TESTS, ".sql"))):
        each.unlink(missing_ok=True)


def _advice(root: Path) -> str:
    if _line(_git(root, "rev-parse", "--is-shallow-repository")) == "true":
        return "the clone is shallow: run `git fetch --unshallow`, or let CI check out with `fetch-depth: 0`"
    return "run `git fetch`, or name another one: `git branch --all` lists them"


def _git(folder: Path, *words: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(["git", "-C", folder, *words], capture_output=True, check=False)  # noqa: S607 (any git)


def _line(run: "subprocess.CompletedProcess[bytes]") -> str:
    return run.stdout.decode().removesuffix("\n")
