"""What freshness is measured on: a project whose function is on, and what comes into its bronze."""

import shutil
import tempfile
from pathlib import Path

import yaml

from config.load import PROJECT_ROOT
from tools.bench import orders
from tools.bench.laptop import CONTRACTS_ROOT
from tools.bench.orders import Batch
from tools.bench.scale_project import copy_code
from tools.package.layer import build_layer, layer_of
from tools.package.targets import LAPTOP

_RECORDS = 20
"""Records of an object."""

_FUNCTION = {
    "max_mebibytes": 64,
    "memory_mebibytes": 2048,
    "timeout_seconds": 300,
    "storage_mebibytes": 512,
    "gather_seconds": 1,
    "python": LAPTOP.python,
    "architecture": LAPTOP.architecture,
}
_AFTER_MINUTES = 15
"""When the pipeline takes over what the function leaves, which is after all is measured."""


def object_bodies(count: int) -> list[bytes]:
    """Return what objects hold: orders that are all different, and all good."""
    with tempfile.TemporaryDirectory() as folder:
        orders.write(Path(folder), Batch(0, count * _RECORDS, updates=0, faults=0), compressed=False)
        lines = [line for path in sorted(Path(folder).iterdir()) for line in path.read_bytes().splitlines()]
    return [b"\n".join(lines[at : at + _RECORDS]) + b"\n" for at in range(0, len(lines), _RECORDS)]


def make_project(root: Path) -> Path:
    """Write a project of the bench's contracts, whose function is on."""
    if not layer_of(LAPTOP).is_file():
        build_layer(LAPTOP)
    root.mkdir(parents=True)
    copy_code(root)
    shutil.copytree(CONTRACTS_ROOT / "contracts", root / "contracts")
    (root / ".build").symlink_to(PROJECT_ROOT / ".build")  # wheels and layers
    path = root / "config" / "environments" / "local.yaml"
    settings = yaml.safe_load(path.read_text())
    settings["processing"] |= {"function": _FUNCTION, "arrival_minutes": _AFTER_MINUTES}
    path.write_text(yaml.safe_dump(settings, sort_keys=False))
    return root
