"""The wheels that Glue installs for its jobs, in the one archive that it takes.

https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-python-libraries.html
"""

import zipfile
from pathlib import Path

from tools.package.targets import ROOT
from tools.package.wheels import PackageError, find_wheels, read_lock

GLUE_LOCK = Path(__file__).parent / "glue.txt"
ARCHIVE = ROOT / ".build" / "wheels" / "jobs.gluewheels.zip"
"""Stacks deploy it; Glue knows such an archive by the end of its name."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first instant that a zip can hold: the same wheels are to make the same archive."""


def build_archive(folder: Path, lock: Path = GLUE_LOCK, archive: Path = ARCHIVE) -> None:
    """Put the wheels of a lock, and the list by which pip installs them, into an archive.

    Raises:
        PackageError: A wheel is absent, or is not what the lock names.
    """
    wheels = find_wheels(folder, lock, others=True)
    pins = "".join(f"{name}=={pin.version}\n" for name, pin in sorted(read_lock(lock).items()))
    if not pins:
        raise PackageError(f"got no wheel in {lock}; allowed: one or more; fix: make lock")
    draft = archive.with_suffix(".tmp")  # what was deployed may be the same file under another name
    with zipfile.ZipFile(draft, "w") as file:
        file.writestr(zipfile.ZipInfo("wheels/requirements.txt", _EPOCH), pins)
        for wheel in wheels:
            file.writestr(zipfile.ZipInfo(f"wheels/{wheel.name}", _EPOCH), wheel.read_bytes())
    draft.replace(archive)
