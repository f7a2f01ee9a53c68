"""The jars that pip's Spark lacks to speak S3 and Iceberg on Glue, unzipped from two wheels on PyPI.

The wheels are pinned by hash and never installed. The jars stay in `.build/jars`, which git ignores.
Run `python -m local.emulator.jars` to fetch them ahead of the first use.
"""

import fcntl
import fnmatch
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

_DIRECTORY = (Path(__file__).resolve().parents[2] / ".build" / "jars").resolve()
_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Wheel:
    """One wheel and the jars that are taken from it."""

    requirement: str
    sha256: str
    patterns: tuple[str, ...]
    """File names, with `*`, of the wanted members."""


_WHEELS = (
    Wheel(
        "snowpark-connect-deps-iceberg==1.0.2",  # 1.0.3 holds a broken jar
        "912c9650f275fb317928747472912a6f27d80a4498792bbdd5dcf91ac9934ab7",
        ("iceberg-spark-runtime-3.5_2.12-1.10.2.jar",),
    ),
    Wheel(
        "bodo-iceberg-connector==2026.10",
        "947a72aea7d0f0fa49e7609841d8871dd4841335eeaaf9e6abe2ae34075e4c55",
        (
            "hadoop-aws-3.3.3.jar",
            "aws-java-sdk-*-1.12.382.jar",
            "jmespath-java-1.12.382.jar",
            "jackson-dataformat-cbor-*.jar",
            "ion-java-*.jar",
            "*-2.29.26.jar",
            "eventstream-1.0.1.jar",
            "reactive-streams-1.0.4.jar",
            "wildfly-openssl-1.0.7.Final.jar",
        ),
    ),
)


class JarsUnavailableError(RuntimeError):
    """The wheels could not be fetched; the message tells why and what to do."""


def jar_directory(directory: Path = _DIRECTORY) -> Path:
    """Directory that holds the jars; fetches them when they are absent, incomplete or damaged.

    Raises:
        JarsUnavailableError: pip is absent, or could not fetch the wheels.
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    with directory.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process may be fetching them
        if not _intact(directory):
            with tempfile.TemporaryDirectory(dir=directory.parent, prefix="jars-") as scratch:
                _replace(directory, _assemble(Path(scratch)))
    return directory


def _intact(directory: Path) -> bool:
    try:
        manifest = json.loads((directory / _MANIFEST).read_text())
    except (OSError, ValueError):
        return False
    jars = {path.name: _sha256(path) for path in directory.glob("*.jar")}
    return bool(manifest == {"wheels": _wheels(), "jars": jars})


def _wheels() -> list[object]:
    return [json.loads(json.dumps(asdict(wheel))) for wheel in _WHEELS]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _assemble(scratch: Path) -> Path:
    _download(scratch)
    result = scratch / "jars"
    result.mkdir()
    for wheel in _WHEELS:
        (archive,) = scratch.glob(wheel.requirement.split("==")[0].replace("-", "_") + "-*.whl")
        _unzip(archive, wheel.patterns, result)
    jars = {path.name: _sha256(path) for path in result.glob("*.jar")}
    (result / _MANIFEST).write_text(json.dumps({"wheels": _wheels(), "jars": jars}, indent=1))
    return result


def _download(scratch: Path) -> None:
    requirements = scratch / "requirements.txt"
    requirements.write_text("".join(f"{w.requirement} --hash=sha256:{w.sha256}\n" for w in _WHEELS))
    command = [_python_with_pip(), "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--require-hashes"]
    command += ["--dest", str(scratch), "--requirement", str(requirements)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise JarsUnavailableError(
            f"could not fetch Spark's jars from the package index: {done.stderr.strip()[-600:]}; "
            "check the network or pip's index settings and run `python -m local.emulator.jars` again"
        )


def _python_with_pip() -> str:
    if find_spec("pip"):
        return sys.executable
    base = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    probe = [str(base), "-m", "pip", "--version"]
    if base.exists() and subprocess.run(probe, capture_output=True, check=False).returncode == 0:
        return str(base)
    raise JarsUnavailableError(
        f"pip is not installed for {sys.executable}; make the environment with `python3.11 -m venv .venv`"
    )


def _unzip(archive: Path, patterns: tuple[str, ...], target: Path) -> None:
    with zipfile.ZipFile(archive) as wheel:
        for member in wheel.infolist():
            name = Path(member.filename).name
            if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
                with wheel.open(member) as source, (target / name).open("wb") as copy:
                    shutil.copyfileobj(source, copy)


def _replace(directory: Path, fresh: Path) -> None:
    if directory.exists():
        directory.rename(fresh.with_name("stale"))
    fresh.rename(directory)


if __name__ == "__main__":
    print(jar_directory())  # the path is this command's output
