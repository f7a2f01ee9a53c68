"""The directions of imports that `pyproject.toml` states are kept."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_import_directions_are_kept() -> None:
    # The runtime packages are roots of their own assets, so the linter needs those on its path.
    path = os.pathsep.join(str(ROOT / part) for part in (".", "lambda_src", "glue_scripts"))
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
