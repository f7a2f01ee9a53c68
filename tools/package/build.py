"""A package from wheels: unzipped, less what the rules leave out."""

import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tools.package.pruning import rule_against
from tools.package.wheels import PackageError

LIMIT = 230_000_000
"""Bytes of the package. Lambda takes 262,144,000, functions' code and other layers included:
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

_ELSEWHERE = re.compile(r"[^/]+\.data/(?P<scheme>[^/]+)/(?P<path>.+)")
_LIBRARIES = frozenset({"purelib", "platlib"})


@dataclass
class Report:
    """What a package became."""

    kept: Counter[str] = field(default_factory=Counter)
    """Bytes by the first part of the path."""
    dropped: Counter[str] = field(default_factory=Counter)
    """Bytes by the rule."""

    @property
    def size(self) -> int:
        """Bytes of the package."""
        return self.kept.total()


def build(wheels: Iterable[Path], package: Path, limit: int = LIMIT) -> Report:
    """Unzip wheels into `python/` of a folder, which is made anew.

    Raises:
        PackageError: Two wheels hold the same file, or the package exceeds the limit.
    """
    shutil.rmtree(package, ignore_errors=True)
    report = Report()
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.infolist():
                _unzip(archive, member, package / "python", report)
    if report.size > limit:
        largest = ", ".join(f"{name} {size / 1e6:.0f} MB" for name, size in report.kept.most_common(5))
        raise PackageError(
            f"got {report.size / 1e6:.1f} MB in {package} ({largest}); allowed: {limit / 1e6:.1f} MB; "
            "fix: leave out what is not imported, by a rule in tools/package/pruning.py"
        )
    return report


def _unzip(archive: zipfile.ZipFile, member: zipfile.ZipInfo, library: Path, report: Report) -> None:
    path = _place(member)
    if path is None:
        return
    rule = rule_against(path)
    if rule:
        report.dropped[rule.name] += member.file_size
        return
    file = library / path
    if file.exists():
        raise PackageError(
            f"got {path} from {archive.filename} and from another wheel; allowed: one of both; "
            "fix: lock one of the distributions"
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as source, file.open("wb") as copy:
        shutil.copyfileobj(source, copy)
    report.kept[PurePosixPath(path).parts[0]] += member.file_size


def _place(member: zipfile.ZipInfo) -> str | None:
    """Where in the library a file of a wheel belongs, unless it is a program, a manual or a header."""
    if member.is_dir():
        return None
    elsewhere = _ELSEWHERE.fullmatch(member.filename)
    if elsewhere is None:
        return member.filename
    return elsewhere["path"] if elsewhere["scheme"] in _LIBRARIES else None
