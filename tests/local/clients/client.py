"""A client of AWS in an environment of its own, whose versions and hashes are locked beside what it runs."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.load import PROJECT_ROOT

HERE = Path(__file__).parent
ENVIRONMENTS = PROJECT_ROOT / ".build" / "clients"
"""Where environments are kept from one run to the next."""

ROOT_USER = "root"
_UV = Path(sys.executable).with_name("uv")


@dataclass(frozen=True)
class Client:
    """A program or library that asks the lake."""

    name: str
    """Of its folder."""
    title: str
    package: str
    """On PyPI."""
    needs: str
    """What it needs beside `lake env`, as Markdown."""
    scripts: tuple[str, ...] = ("ask.py",)
    who: str = "analyst"
    """A persona, or `ROOT_USER`."""
    shown: tuple[str, ...] = ()
    """Other files of its folder that people need, before its scripts."""

    @property
    def folder(self) -> Path:
        """Where its scripts and its lock lie."""
        return HERE / self.name

    @property
    def wanted(self) -> str:
        """What to install, as its requirements ask for it."""
        lines = (self.folder / "requirements.in").read_text().splitlines()
        return '" "'.join(line.partition("#")[0].strip() for line in lines)

    @property
    def version(self) -> str:
        """The locked version of its package."""
        found = re.search(rf"(?m)^{re.escape(self.package)}==(\S+)", self._lock.read_text())
        if found is None:
            raise LookupError(f"{self._lock} does not name {self.package}")
        return found[1]

    @property
    def _lock(self) -> Path:
        return self.folder / "requirements.txt"

    def install(self) -> Path:
        """Make its environment unless it is there, and return the folder of its programs."""
        digest = hashlib.sha256(self._lock.read_bytes()).hexdigest()[:12]
        made = ENVIRONMENTS / f"{self.name}-{digest}"
        if not (made / ".ready").is_file():
            shutil.rmtree(made, ignore_errors=True)
            self._uv("venv", "--quiet", "--python", sys.executable, str(made))
            python = str(made / "bin" / "python")
            self._uv(
                "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", str(self._lock)
            )
            (made / ".ready").touch()
        return made / "bin"

    def _uv(self, *words: str) -> None:
        subprocess.run([_UV, *words], check=True)

    def run(self, script: str, variables: Mapping[str, str], folder: Path, *words: str) -> str:
        """Run a script of its folder, with these words, in another one, and return what it prints.

        Raises:
            AssertionError: It failed, or reached out to another machine.
        """
        programs, reached = self.install(), folder / "reached.txt"
        shutil.copytree(self.folder, folder / self.name)
        own = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder),
            "PYTHONPATH": str(HERE / "guard"),
            "LAKE_REACHED": str(reached),
        }
        interpreter = ["bash", "-euo", "pipefail"] if script.endswith(".sh") else [str(programs / "python")]
        run = subprocess.run(
            [*interpreter, script, *words],
            cwd=folder / self.name,
            env={**variables, **own},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr
        assert not reached.exists(), reached.read_text()
        return run.stdout
