"""A lake is started where it can be deployed, and where none is."""

from pathlib import Path

import pytest

from local.kept import connection, keeper
from local.kept.connection import only_one
from local.kept.keeper import start
from local.lake import deployment
from local.lake.deployment import DeploymentError
from local.lake.lake import LakeError


def test_missing_tool_is_told_before_anything_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "BUILD", tmp_path / "build")
    monkeypatch.setattr(deployment, "_CDK", tmp_path / "cdk")
    with pytest.raises(DeploymentError, match="fix: make setup"):
        start()
    assert not (tmp_path / "build").exists()


def test_second_lake_of_a_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BUILD", tmp_path)
    monkeypatch.setattr(connection, "LOCK", tmp_path / "lake.lock")
    with only_one(), pytest.raises(LakeError, match="lake down ends it"):
        start()
