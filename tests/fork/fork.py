"""A fork of this project in a folder: a copy of what git tracks, and the edits that a team makes first."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from config.load import PROJECT_ROOT, environment_names

GIT = shutil.which("git") or "git"
ENVIRONMENTS = Path("config", "environments")
COMMAND = "from tools.lake.main import app; app()"
"""The command line `lake` of the copy, not of the project that is installed."""


FAST = "not spark and not aws and not package"
"""Tests that need neither Spark nor the embedded AWS."""


@dataclass(frozen=True)
class Fork:
    """A copy that has nothing of this project but its files."""

    root: Path

    @staticmethod
    def make(root: Path) -> "Fork":
        """Copy the project; programs that are installed stay where they are."""
        listed = subprocess.run([GIT, "ls-files", "-z"], cwd=PROJECT_ROOT, capture_output=True, check=True)
        for name in filter(None, listed.stdout.decode().split("\0")):
            if (PROJECT_ROOT / name).is_file():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(PROJECT_ROOT / name, root / name)
        (root / ".build").mkdir()
        for folder in ("node_modules", ".venv", ".build/wheels"):
            (root / folder).symlink_to(PROJECT_ROOT / folder)
        subprocess.run([GIT, "init", "--quiet"], cwd=root, check=True)
        subprocess.run([GIT, "add", "--all"], cwd=root, check=True)
        return Fork(root)

    @property
    def domains(self) -> list[str]:
        """Domains that have contracts."""
        return sorted(path.name for path in (self.root / "contracts").iterdir() if path.is_dir())

    @property
    def features(self) -> list[str]:
        """Features that the registry finds."""
        return sorted(path.parent.name for path in (self.root / "stacks/features").glob("*/feature.py"))

    def settle(self, project: str, region: str, *words: str) -> None:
        """Give every environment another project, and all but the laptop's another account and region."""
        names = [name for name in environment_names(self.root) if name != "local"]
        accounts = [f"--account={name}={345678901234 + at}" for at, name in enumerate(names)]
        owner = f"data@{project}.example"
        self.lake("init", "--name", project, "--owner", owner, "--region", region, *accounts, *words)

    def add_environment(self, name: str, like: str, account: str) -> None:
        """Add an environment with the settings of another, in an account of its own."""
        folder = self.root / ENVIRONMENTS
        text = (folder / f"{like}.yaml").read_text().replace(f"environment: {like}", f"environment: {name}")
        (folder / f"{name}.yaml").write_text(text)
        self.lake("init", "--account", f"{name}={account}")

    def remove_domain(self, name: str) -> None:
        """Delete a domain as anybody would."""
        shutil.rmtree(self.root / "contracts" / name)

    def lake(self, *words: str) -> None:
        """Run the command line `lake` of the fork."""
        run = subprocess.run(
            [sys.executable, "-c", COMMAND, *words],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr

    def assert_green(self, *words: str) -> None:
        """Run tests of the fork in the interpreter of this one; fails with what they say."""
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", FAST, *words],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )
        said = run.stdout.splitlines()[-60:]
        assert run.returncode == 0, "\n".join(
            [f"in {self.root}: pytest {' '.join(words)}", *said, run.stderr]
        )
