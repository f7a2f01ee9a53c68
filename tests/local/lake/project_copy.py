"""Another project: this one's code with contracts of its own."""

import shutil
from pathlib import Path

from config.load import PROJECT_ROOT

PARTS = ("app.py", "cdk.json", "config", "lakehouse", "stacks", "lambda_src", "glue_scripts")
"""What `cdk synth` needs beside contracts."""


def copy_project(target: Path, contracts: Path) -> Path:
    """Copy the project into a folder, with these contracts in place of its own, and return the folder."""
    target.mkdir(parents=True)
    for name in PARTS:
        source = PROJECT_ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    shutil.copytree(contracts, target / "contracts")
    return target
