import shutil
from pathlib import Path

from config.load import PROJECT_ROOT
from local.emulator.launcher import EmbeddedAws
from local.lake.lake import LocalLake
from tests.unit.lakehouse.project import Project, product, source


def test_domains_take_turns_after_what_they_read(tmp_path: Path) -> None:
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
    settings = Path("config", "environments", "local.yaml")
    (project.root / settings).parent.mkdir(parents=True)
    shutil.copy(PROJECT_ROOT / settings, project.root / settings)
    turns = LocalLake(EmbeddedAws(tmp_path / "aws"), project.root).turns
    assert [domain for domain in turns if domain not in ("left", "right")] == ["zoo", "middle", "arcade"]
    assert {domain: turns.count(domain) for domain in turns} == {
        "arcade": 1, "middle": 1, "zoo": 1, "left": 2, "right": 2,
    }  # fmt: skip
