"""No file of the project holds a secret. A line that only looks so says `pragma: allowlist secret`, and why.

Left to others are values of names like `password`, which ruff finds (S105 to S107), and texts that merely
look random: hashes do, of which templates and locks are full.
"""

import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.core.scan import scan_file
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.settings import transient_settings

ROOT = Path(__file__).resolve().parents[2]
NO_SECRETS = {"IPPublicDetector"}
"""Addresses are none."""

KINDS: dict[str, type] = get_mapping_from_secret_type_to_class()
DETECTORS = [
    kind
    for kind in KINDS.values()
    if issubclass(kind, RegexBasedDetector) and kind.__name__ not in NO_SECRETS
]


def _secrets(files: Iterable[Path]) -> Iterator[str]:
    patterns = [pattern for kind in DETECTORS for pattern in kind().denylist]
    with transient_settings({"plugins_used": [{"name": kind.__name__} for kind in DETECTORS]}):
        for file in files:
            text = file.read_text(errors="ignore")
            if any(
                pattern.search(text) for pattern in patterns
            ):  # a look at each line takes a hundred times as long
                yield from (
                    f"{each.filename}:{each.line_number} {each.type}" for each in scan_file(str(file))
                )


def test_no_file_holds_a_secret() -> None:
    command = [str(shutil.which("git")), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    files = [file for name in names if name and (file := ROOT / name).is_file()]
    assert len(files) > 1
    assert list(_secrets(files)) == []


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (f'key = "AKI{"A"}Q3EGRZ7XKPLM2N4T"', "AWS Access Key"),
        (f"-----BEGIN {'RSA'} PRIVATE KEY-----", "Private Key"),
        (f"token: ghp{'_'}{'b7Xk2' * 7}z", "GitHub Token"),
    ],
    ids=["key of AWS", "private key", "token of GitHub"],
)
def test_secret_is_found_where_it_stands(tmp_path: Path, line: str, kind: str) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text(f"one: 1\n{line}\n")
    assert list(_secrets([file])) == [f"{file}:2 {kind}"]
    file.write_text(f"one: 1\n{line}  # pragma: allowlist secret\n")
    assert list(_secrets([file])) == []
