"""The Makefile, as people meet it in a terminal of 80 columns, before anything is set up."""

import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAKE = shutil.which("make") or "make"


def make(folder: Path, *words: str) -> str:
    run = subprocess.run(
        [MAKE, "--no-print-directory", *words], cwd=folder, capture_output=True, text=True, check=True
    )
    return run.stdout


def test_help_is_aligned_and_fits() -> None:
    lines = make(ROOT, "help").splitlines()
    assert max(map(len, lines)) <= 80
    indents = [re.match(r"(?:  make \w+)? +", line) for line in lines]
    assert {indent and len(indent[0]) for indent in indents} == {18}


def test_nothing_is_set_up_to_stop_what_does_not_run(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    assert make(tmp_path, "stop") == "no lake is running: nothing is set up here\n"
    assert [path.name for path in tmp_path.iterdir()] == ["Makefile"]
