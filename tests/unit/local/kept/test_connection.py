"""Other processes find the lake that runs, and nobody else reads how to talk to it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local.emulator.root import RootSecrets
from local.kept import connection
from local.kept.connection import (
    KeptAws,
    NoLakeError,
    exports,
    holder,
    only_one,
    write_exports,
    write_private,
)
from local.lake.lake import LakeError


@pytest.fixture(autouse=True)
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(connection, "BUILD", tmp_path)
    monkeypatch.setattr(connection, "LOCK", tmp_path / "lake.lock")
    return tmp_path


@contextmanager
def _other_process(build: Path) -> Iterator[int]:
    """Have another process hold the lock."""
    script = (
        "from local.kept.connection import only_one\n"
        "with only_one():\n    print('held', flush=True)\n    input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        env={**os.environ, "LAKE_BUILD": str(build), "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process.pid
        process.kill()


def test_lock_is_held_by_one_process_and_ends_with_it(build: Path) -> None:
    assert holder() is None
    with _other_process(build) as process:
        assert holder() == process
        with pytest.raises(LakeError, match=f"process {process}"), only_one():
            pass
    assert holder() is None
    with only_one():
        assert (build / "lake.lock").read_text() == str(os.getpid())


def test_running_lake_is_found_with_its_keys_when_its_process_lives(build: Path) -> None:
    secrets = RootSecrets()
    told = {"port": 4567, "region": "eu-west-1", "root": secrets.line().decode()}
    with pytest.raises(NoLakeError, match="lake up"):
        KeptAws.running(build)
    write_private(build / "connection.json", json.dumps(told))
    with pytest.raises(NoLakeError):
        KeptAws.running(build)
    with _other_process(build):
        aws = KeptAws.running(build)
    assert (aws.endpoint, aws.region) == ("https://localhost:4567", "eu-west-1")
    variables = aws.environment()
    assert variables["AWS_SECRET_ACCESS_KEY"] == secrets.secret_key
    assert variables["AWS_CA_BUNDLE"] == str(build / "tls" / "authority.pem")


def test_variables_are_exported_when_they_differ_from_those_present() -> None:
    present = {"AWS_CA_BUNDLE": "/etc/ssl/system.pem", "HOME": "/home/ada"}
    wanted = {"AWS_CA_BUNDLE": "/a folder/lake.pem", "AWS_REGION": "us-east-1", "HOME": "/home/ada"}
    assert exports(wanted, present) == (
        "export AWS_CA_BUNDLE='/a folder/lake.pem'\nexport AWS_REGION=us-east-1\n"
    )


def test_script_of_the_environment_is_its_owners_alone_even_when_there_was_another(tmp_path: Path) -> None:
    script = tmp_path / "environment.sh"
    script.write_text("old")
    script.chmod(0o644)
    write_exports(script, {"AWS_SECRET_ACCESS_KEY": "secret of this start"})
    assert script.stat().st_mode & 0o777 == 0o600
    assert script.read_text() == "export AWS_SECRET_ACCESS_KEY='secret of this start'\n"
