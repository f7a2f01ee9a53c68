"""Wheels are those of the lock, and the same wheels make the same package and the same layer."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from tools.package.build import build
from tools.package.gluewheels import build_archive
from tools.package.layer import build_layer, layer_of, pack
from tools.package.targets import LAPTOP, TARGETS
from tools.package.wheels import PackageError, fetch, find_wheels

FILES = {
    "thing/__init__.py": "",
    "thing-1.0.data/purelib/thing/more.py": "",
    "thing-1.0.data/scripts/thing": "#!python",
    "thing-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n",
    "thing-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\n",
    "thing-1.0.dist-info/licenses/LICENSE": "MIT",
}


def _wheel(folder: Path, files: dict[str, str], name: str = "thing-1.0-py3-none-any.whl") -> Path:
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / name, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return folder / name


def _lock(folder: Path, wheel: Path) -> Path:
    lock = folder / "lock.txt"
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock.write_text(f"thing==1.0 \\\n    --hash=sha256:{digest}\n    # via nothing\n")
    return lock


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_package_holds_modules_and_licences_but_no_program(tmp_path: Path) -> None:
    wheel = _wheel(tmp_path / "wheels", FILES)
    report = build([wheel], tmp_path / "package")
    assert set(_tree(tmp_path / "package")) == {
        "python/thing-1.0.dist-info/METADATA",
        "python/thing-1.0.dist-info/licenses/LICENSE",
        "python/thing/__init__.py",
        "python/thing/more.py",
    }
    assert report.size == sum(map(len, _tree(tmp_path / "package").values()))
    assert report.dropped == {"records of installation": len(FILES["thing-1.0.dist-info/WHEEL"])}


def test_package_is_made_anew_and_the_same_each_time(tmp_path: Path) -> None:
    wheel = _wheel(tmp_path / "wheels", FILES)
    build([wheel], tmp_path / "package")
    first = _tree(tmp_path / "package")
    (tmp_path / "package" / "python" / "stale.py").touch()
    build([wheel], tmp_path / "package")
    assert _tree(tmp_path / "package") == first


def test_package_is_refused_when_two_wheels_hold_one_file(tmp_path: Path) -> None:
    wheels = [_wheel(tmp_path / "wheels", {"same.py": ""}, f"{name}-1-py3-none-any.whl") for name in "ab"]
    with pytest.raises(PackageError, match=r"got same\.py from .*b-1-py3-none-any\.whl and from another"):
        build(wheels, tmp_path / "package")


def test_package_is_refused_with_its_largest_parts_when_it_is_too_large(tmp_path: Path) -> None:
    wheel = _wheel(tmp_path / "wheels", {"large.so": "x" * 2_000_000, "small.so": "x"})
    with pytest.raises(PackageError, match=r"got 2\.0 MB .*large\.so 2 MB.*allowed: 1\.0 MB.*pruning\.py"):
        build([wheel], tmp_path / "package", limit=1_000_000)


def test_wheels_are_refused_when_one_is_absent_foreign_or_damaged(tmp_path: Path) -> None:
    wheel = _wheel(tmp_path / "wheels", FILES)
    lock = _lock(tmp_path, wheel)
    assert find_wheels(wheel.parent, lock) == [wheel]
    other = _wheel(tmp_path / "wheels", {}, "other-2-py3-none-any.whl")
    with pytest.raises(PackageError, match=r"got other-2-py3-none-any\.whl, which is not locked"):
        find_wheels(wheel.parent, lock)
    other.unlink()
    with wheel.open("ab") as file:
        file.write(b"?")
    with pytest.raises(PackageError, match=r"thing-1\.0-py3-none-any\.whl with another hash"):
        find_wheels(wheel.parent, lock)
    wheel.unlink()
    with pytest.raises(
        PackageError, match=r"no wheel of thing .*fix: rm -rf \.build/wheels, then make setup"
    ):
        find_wheels(wheel.parent, lock)


def test_wheels_are_fetched_when_absent_and_others_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = _wheel(tmp_path / "index", FILES)
    lock = _lock(tmp_path, index)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index.parent))
    wheels = tmp_path / "wheels"
    stale = _wheel(wheels, {}, "thing-0.9-py3-none-any.whl")
    fetch(LAPTOP, lock, wheels)
    assert find_wheels(wheels, lock) == [wheels / index.name]
    assert not stale.exists()

    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nowhere"))
    fetch(LAPTOP, lock, wheels)  # asks nobody, since all is there
    (wheels / index.name).unlink()
    with pytest.raises(PackageError, match=r"could not fetch wheels of lock\.txt for Python 3\.11 on x86_64"):
        fetch(LAPTOP, lock, wheels)


def test_wheel_is_not_fetched_when_its_hash_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = _wheel(tmp_path / "index", FILES)
    lock = _lock(tmp_path, index)
    with index.open("ab") as file:
        file.write(b"?")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index.parent))
    with pytest.raises(PackageError, match="HASHES"):
        fetch(LAPTOP, lock, tmp_path / "wheels")


def test_archive_for_glue_holds_the_wheels_of_its_lock_alone_and_is_the_same_each_time(
    tmp_path: Path,
) -> None:
    wheel = _wheel(tmp_path / "wheels", FILES)
    lock = _lock(tmp_path, wheel)
    _wheel(tmp_path / "wheels", {"other.py": ""}, "other-2-py3-none-any.whl")
    archive = tmp_path / "a.gluewheels.zip"
    build_archive(tmp_path / "wheels", lock, archive)
    with zipfile.ZipFile(archive) as file:
        assert file.namelist() == ["wheels/requirements.txt", f"wheels/{wheel.name}"]
        assert file.read("wheels/requirements.txt") == b"thing==1.0\n"
        assert file.read(f"wheels/{wheel.name}") == wheel.read_bytes()
    before = archive.read_bytes()
    wheel.touch()
    build_archive(tmp_path / "wheels", lock, archive)
    assert archive.read_bytes() == before


def test_archive_for_glue_is_refused_when_a_wheel_is_absent(tmp_path: Path) -> None:
    wheel = _wheel(tmp_path / "wheels", FILES)
    lock = _lock(tmp_path, wheel)
    wheel.unlink()
    with pytest.raises(PackageError, match=r"no wheel of thing"):
        build_archive(tmp_path / "wheels", lock, tmp_path / "a.gluewheels.zip")
    assert not (tmp_path / "a.gluewheels.zip").exists()


def test_layer_holds_the_package_readable_and_is_the_same_each_time(tmp_path: Path) -> None:
    wheel = _wheel(tmp_path / "wheels", FILES)
    build([wheel], tmp_path / "package")
    archive = tmp_path / "layers" / "layer.zip"
    pack(tmp_path / "package", archive)
    with zipfile.ZipFile(archive) as file:
        assert {name: file.read(name) for name in file.namelist()} == _tree(tmp_path / "package")
        assert {info.external_attr >> 16 for info in file.infolist()} == {0o100644}
        assert file.namelist() == sorted(file.namelist())
    before = archive.read_bytes()
    for path in (tmp_path / "package").rglob("*"):
        path.touch()
    pack(tmp_path / "package", archive)
    assert archive.read_bytes() == before
    assert list(archive.parent.iterdir()) == [archive]


def test_layer_that_was_deployed_stays_as_it_was_when_another_is_made(tmp_path: Path) -> None:
    archive, deployed = tmp_path / "layer.zip", tmp_path / "deployed.zip"
    build([_wheel(tmp_path / "wheels", FILES)], tmp_path / "package")
    pack(tmp_path / "package", archive)
    deployed.hardlink_to(archive)
    before = deployed.read_bytes()
    (tmp_path / "package" / "python" / "more.py").write_text("more")
    pack(tmp_path / "package", archive)
    assert deployed.read_bytes() == before != archive.read_bytes()


def test_layer_is_refused_when_a_wheel_is_absent(tmp_path: Path) -> None:
    lock = _lock(tmp_path, _wheel(tmp_path / "wheels", {"of another": "target"}))
    with pytest.raises(PackageError, match=r"no wheel of thing"):
        build_layer(LAPTOP, tmp_path / "layer.zip", lock)
    assert not (tmp_path / "layer.zip").exists()


def test_layers_of_the_targets_have_the_names_of_their_runtimes() -> None:
    assert [layer_of(target).name for target in TARGETS] == ["3.14-arm64.zip", "3.11-x86_64.zip"]
