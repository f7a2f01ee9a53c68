import threading
from pathlib import Path

import pytest

from local.emulator.launcher import EmbeddedAws
from local.lake.lake import LakeError, LocalLake
from tests.fixtures.environments import copy_environment
from tests.unit.lakehouse.project import Project, product, source


def _lake(project: Project) -> LocalLake:
    copy_environment("local", project.root)
    return LocalLake(EmbeddedAws(project.root / "aws"), project.root)


def test_domains_take_turns_after_what_they_read_though_one_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path / "project")
    for id_, sql in (
        ("arcade/scores", "SELECT order_id FROM gold_middle.sums"),
        ("middle/sums", "SELECT order_id FROM silver_zoo.visits"),
        ("zoo/visits", None),
        ("left/raw", None),
        ("left/sums", "SELECT order_id FROM silver_right.raw"),
        ("right/raw", None),
        ("right/sums", "SELECT order_id FROM silver_left.raw"),
    ):
        project.write(product(id_) if sql else source(id_), id_)
        if sql:
            project.text(f"{id_}.sql", sql)
    turns: list[str] = []

    def run(_lake: LocalLake, domain: str) -> None:
        turns.append(domain)
        if domain == "middle":
            raise LakeError("broken")

    monkeypatch.setattr(LocalLake, "_run_pipeline", run)
    lake = _lake(project)
    assert lake.try_pipelines(lake.lake.domains, at_once=2) == {"middle": "broken"}
    assert [domain for domain in turns if domain not in ("left", "right")] == ["zoo", "middle", "arcade"]
    assert {domain: turns.count(domain) for domain in turns} == {
        "arcade": 1, "middle": 1, "zoo": 1, "left": 2, "right": 2,
    }  # fmt: skip


def test_pipelines_run_side_by_side_where_none_reads_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path / "project")
    for id_ in ("left/raw", "right/raw"):
        project.write(source(id_), id_)
    both = threading.Barrier(2, timeout=10)
    monkeypatch.setattr(LocalLake, "_run_pipeline", lambda _lake, _domain: both.wait())
    lake = _lake(project)
    assert lake.try_pipelines(lake.lake.domains, at_once=2) == {}
