import json
import zipfile
from pathlib import Path

import pytest

from local.emulator import jars

WHEELS = {
    "snowpark_connect_deps_iceberg-1.0.2-py3-none-any.whl": ["iceberg-spark-runtime-3.5_2.12-1.10.2.jar"],
    "bodo_iceberg_connector-2026.10-py3-none-any.whl": ["hadoop-aws-3.3.3.jar", "s3-2.29.26.jar", "x.jar"],
}
WANTED = {"iceberg-spark-runtime-3.5_2.12-1.10.2.jar", "hadoop-aws-3.3.3.jar", "s3-2.29.26.jar"}


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Puts small wheels in the place of the real ones; lists where they were fetched to."""
    places: list[Path] = []

    def download(scratch: Path) -> None:
        places.append(scratch)
        for name, members in WHEELS.items():
            with zipfile.ZipFile(scratch / name, "w") as wheel:
                for member in members:
                    wheel.writestr(f"deep/inside/{member}", member)

    monkeypatch.setattr(jars, "_download", download)
    return places


def test_jar_directory_holds_only_the_wanted_jars_when_fetched(tmp_path: Path, fetched: list[Path]) -> None:
    directory = jars.jar_directory(tmp_path / "jars")
    assert {path.name for path in directory.glob("*.jar")} == WANTED
    assert (directory / "hadoop-aws-3.3.3.jar").read_text() == "hadoop-aws-3.3.3.jar"
    assert {path.name for path in tmp_path.iterdir()} == {"jars", "jars.lock"}


def test_jar_directory_fetches_nothing_when_it_is_complete(tmp_path: Path, fetched: list[Path]) -> None:
    jars.jar_directory(tmp_path / "jars")
    jars.jar_directory(tmp_path / "jars")
    assert len(fetched) == 1


@pytest.mark.parametrize("damage", ["truncated", "missing", "foreign", "unreadable", "older"])
def test_jar_directory_is_mended_when_it_is(damage: str, tmp_path: Path, fetched: list[Path]) -> None:
    directory = jars.jar_directory(tmp_path / "jars")
    jar, manifest = directory / "s3-2.29.26.jar", directory / "manifest.json"
    match damage:
        case "truncated":
            jar.write_text("")
        case "missing":
            jar.unlink()
        case "foreign":
            (directory / "other.jar").write_text("other")
        case "unreadable":
            manifest.write_text("{")
        case _:
            manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "wheels": []}))
    jars.jar_directory(directory)
    assert len(fetched) == 2
    assert {path.name for path in directory.glob("*.jar")} == WANTED
    assert jar.read_text() == "s3-2.29.26.jar"


def test_jar_directory_leaves_nothing_when_fetching_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jars, "_WHEELS", (jars.Wheel("no-such-package-of-ours==0", "0" * 64, ("*",)),))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(jars.JarsUnavailableError, match=r"python -m local\.emulator\.jars"):
        jars.jar_directory(tmp_path / "jars")
    assert [path.name for path in tmp_path.iterdir()] == ["jars.lock"]
