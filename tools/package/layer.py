"""The package as the one archive that Lambda takes for a layer; stacks deploy it.

https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
"""

import shutil
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.package.build import Report, build
from tools.package.targets import LOCK, ROOT, Target
from tools.package.wheels import find_wheels

LAYERS = ROOT / ".build" / "layers"

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first instant that a zip can hold: the same wheels are to make the same archive."""

_READABLE = 0o100644 << 16
"""A file that everybody may read, since Lambda runs functions as a user of its own."""


def layer_of(target: Target) -> Path:
    """Return where the archive for a target lies."""
    return LAYERS / f"{target.python}-{target.architecture}.zip"


def build_layer(target: Target, archive: Path | None = None, lock: Path = LOCK) -> Report:
    """Make the package for a target, and put it into its archive.

    Raises:
        PackageError: A wheel is absent, or the package exceeds what Lambda takes.
    """
    wheels = find_wheels(target.wheels, lock)
    with TemporaryDirectory() as folder:
        report = build(wheels, Path(folder))
        pack(Path(folder), archive or layer_of(target))
    return report


def pack(package: Path, archive: Path) -> None:
    """Put the files of a folder into an archive, which is there whole or as it was before."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    draft = archive.with_suffix(".tmp")  # what was deployed may be the same file under another name
    names = {path.relative_to(package).as_posix(): path for path in package.rglob("*") if path.is_file()}
    with zipfile.ZipFile(draft, "w") as file:
        for name in sorted(names):
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, _READABLE
            with names[name].open("rb") as source, file.open(member, "w") as sink:
                shutil.copyfileobj(source, sink)
    draft.replace(archive)
