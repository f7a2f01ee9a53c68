"""Another project: this one's code with contracts and a name of its own."""

import re
import shutil
from pathlib import Path

from config.load import BASE, PROJECT_ROOT

PARTS = ("app.py", "cdk.json", "config", "lakehouse", "stacks", "lambda_src", "glue_scripts")
"""What `cdk synth` needs beside contracts."""

NAME = "lakehouse"
"""The project's name in the copy, whatever this one is called."""


def copy_project(target: Path, contracts: Path) -> Path:
    """Copy the project into a folder, with the laptop's environment alone and these contracts."""
    target.mkdir(parents=True)
    for name in PARTS:
        source = PROJECT_ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name)
        else:
            shutil.copy2(source, target)
    for path in (target / "config" / "environments").iterdir():
        if path.stem in ("local", BASE):
            path.write_text(re.sub("(?m)^project: .*$", f"project: {NAME}", path.read_text()))
        else:
            path.unlink()
    shutil.copytree(contracts, target / "contracts")
    (target / ".build").symlink_to(PROJECT_ROOT / ".build")  # wheels and layers
    return target
