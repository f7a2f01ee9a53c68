"""A project in a folder, and the command line `lake` on it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from config.load import PROJECT_ROOT
from tests.unit.lakehouse.project import Json

START = "from tools.lake.main import app; app(prog_name='lake')"


@dataclass(frozen=True)
class Laptop:
    """A project, and the command line on it."""

    project: Path
    build: Path

    def write(self, where: str, content: Json | str) -> None:
        """Write a file below `contracts`."""
        text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
        path = self.project / "contracts" / where
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    @property
    def variables(self) -> dict[str, str]:
        """The environment of commands."""
        own = {"LAKE_BUILD": str(self.build), "PYTHONPATH": str(PROJECT_ROOT), "COLUMNS": "80"}
        return {**os.environ, **own}

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command."""
        return subprocess.Popen(
            [sys.executable, "-c", START, *words],
            cwd=self.project,
            env=self.variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def lake(self, *words: str, given: str = "", code: int = 0) -> str:
        """Run a command to its end, and return what it printed."""
        with self.start(*words) as process:
            out, err = process.communicate(given)
        assert "Traceback" not in err
        assert process.returncode == code, out + err
        return out if code == 0 or "--json" in words else err

    def json(self, *words: str, given: str = "", code: int = 0) -> Any:
        """Run a command to its end, and return the JSON that it printed."""
        return json.loads(self.lake(*words, "--json", given=given, code=code))

    def status(self) -> Any:
        """Return what `lake status` tells, whether the lake is healthy or not."""
        with self.start("status", "--json") as process:
            out, _ = process.communicate()
        return json.loads(out)
