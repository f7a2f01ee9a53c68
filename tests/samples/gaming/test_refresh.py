"""Products on the embedded AWS: they wait for inputs, follow them day by day, and stop at a closed gate."""

import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Layer
from local.demo.summary import count_gold
from local.emulator.launcher import EmbeddedAws
from local.lake.lake import LakeError, LocalLake
from local.lake.tables import open_table
from local.samples import gaming as gaming_logs
from local.samples.gaming import LogFile
from tests.local.lake.project_copy import copy_project
from tests.unit.lakehouse.project import column, product

pytestmark = pytest.mark.lake

SCORES = product("arena/scores", column("points", "integer", "long", required=True))
"""A product of another domain, which reads silver of this one and nothing else of it."""
SCORES_SQL = """SELECT player_id AS order_id, CAST(SUM(points) AS BIGINT) AS points
FROM silver_gaming.player_logs
GROUP BY player_id"""

DAYS = product("arena/days", column("players", "integer", "long", required=True))
"""A product of the other domain, which reads gold of this one."""
DAYS_SQL = """SELECT CAST(played_on AS STRING) AS order_id, CAST(COUNT(*) AS BIGINT) AS players
FROM gold_gaming.daily_players
GROUP BY played_on"""


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalLake]:
    folder: Path = tmp_path_factory.mktemp("refresh")
    contracts = folder / "contracts"
    shutil.copytree(PROJECT_ROOT / "contracts" / "gaming", contracts / "gaming")
    (contracts / "arena").mkdir()
    for name, contract, sql in (("scores", SCORES, SCORES_SQL), ("days", DAYS, DAYS_SQL)):
        (contracts / "arena" / f"{name}.odcs.yaml").write_text(yaml.safe_dump(contract, sort_keys=False))
        (contracts / "arena" / f"{name}.sql").write_text(sql)
    root = copy_project(folder / "project", contracts)
    with EmbeddedAws(folder / "lake", port=0) as aws:
        lake = LocalLake(aws, root)
        lake.synthesize()
        lake.deploy()
        yield lake


def drop(lake: LocalLake, files: Iterable[LogFile]) -> None:
    """Let files arrive, and run both pipelines, in the order of their lineage."""
    lake.drop({f"{gaming_logs.DATASET}/{file.name}.json": file.body for file in files})
    lake.run_pipelines(["arena", "gaming"])


def files_by_day(lake: LocalLake, name: str) -> dict[Any, set[str]]:
    """Data files of a product by the value of its one partition field."""
    table = open_table(lake.aws, lake.naming.database(Layer.GOLD, "gaming"), name)
    found: dict[Any, set[str]] = {}
    for task in table.scan().plan_files():
        found.setdefault(task.file.partition[0], set()).add(task.file.file_path)
    return found


def minutes(lake: LocalLake) -> tuple[int, int, int]:
    """Rows, entries and points of all minutes, as the analyst sees them."""
    sql = "SELECT COUNT(*) AS a, SUM(events) AS b, SUM(points) AS c FROM player_minutes"
    (row,) = lake.query(sql, domain="gaming").itertuples(index=False)
    return int(row.a), int(row.b), int(row.c)


def counted(files: Iterable[LogFile]) -> tuple[int, int, int]:
    """The same, from the entries one by one."""
    entries = gaming_logs.current(list(files)).values()
    keys = {(entry["player_id"], entry["logged_at"].replace(second=0)) for entry in entries}
    return len(keys), len(entries), sum(entry["points"] for entry in entries)


def scores(lake: LocalLake) -> int:
    """Sum of the other domain's product."""
    return int(lake.query("SELECT SUM(points) AS points FROM scores", domain="arena")["points"][0])


@contextmanager
def undeployed(lake: LocalLake, database: str, name: str) -> Iterator[None]:
    """Take a table out of the catalog for a while, as if its domain were not deployed yet."""
    glue = lake.aws.client("glue")
    found = glue.get_table(DatabaseName=database, Name=name)["Table"]
    known = ("Name", "StorageDescriptor", "PartitionKeys", "TableType", "Parameters")
    glue.delete_table(DatabaseName=database, Name=name)
    yield
    glue.create_table(DatabaseName=database, TableInput={key: found[key] for key in known if key in found})


def told(lake: LocalLake, job: str) -> dict[str, Any]:
    """What the last run of a job has printed about each dataset."""
    logs = (lake.aws.directory / "logs" / "glue").glob(f"{lake.naming.resource(job)}-*.output.log")
    newest = max(logs, key=lambda path: path.stat().st_mtime).read_text()
    lines = [json.loads(line) for line in newest.splitlines() if line.startswith("{")]
    return {line.pop("dataset"): line for line in lines}


def test_products_wait_without_failure_when_what_they_read_never_ran_or_is_not_deployed(
    lake: LocalLake,
) -> None:
    with undeployed(lake, lake.naming.database(Layer.GOLD, "gaming"), "daily_players"):
        lake.run_pipelines(["arena"])  # raises unless it succeeds
    printed = told(lake, "arena-silver-to-gold")
    assert list(printed["scores"]["waiting"]) == ["gaming/player_logs"]
    assert "was never made" in printed["scores"]["waiting"]["gaming/player_logs"]
    assert "is not deployed" in printed["days"]["waiting"]["gaming/daily_players"]
    gold = {product["name"]: (product["rows"], product["built"]) for product in count_gold(lake)}
    assert gold["arena/scores"] == gold["arena/days"] == (0, False)


def test_products_follow_their_inputs_and_stop_at_a_closed_gate(lake: LocalLake) -> None:
    *in_time, last = gaming_logs.log_files(days=2, players=8)
    drop(lake, in_time)
    assert minutes(lake) == counted(in_time)
    assert scores(lake) == counted(in_time)[2]
    assert told(lake, "arena-silver-to-gold")["days"]["refreshed"] == "all"
    before, months = (files_by_day(lake, name) for name in ("player_minutes", "daily_players"))

    day = in_time[0].entries[0]["played_on"]
    late = LogFile("late", tuple(entry for entry in last.entries if entry["played_on"] == day))
    drop(lake, [late])
    everything = counted([*in_time, late])
    assert everything != counted(in_time)
    assert minutes(lake) == everything
    assert scores(lake) == everything[2]
    after = files_by_day(lake, "player_minutes")
    assert len([each for each in after if after[each] != before[each]]) == 1
    assert files_by_day(lake, "daily_players") != months

    bad = ({**in_time[0].entries[0], "log_id": f"bad-{number}", "event": "cheat"} for number in range(99))
    good = {**in_time[0].entries[0], "log_id": "good", "points": 100}
    lake.drop({f"{gaming_logs.DATASET}/bad.json": LogFile("bad", (good, *bad)).body})
    with pytest.raises(LakeError, match=r"99 of 100 records rejected"):
        lake.run_pipelines(["gaming"])
    with pytest.raises(LakeError, match=r"input gaming/player_logs is not fit for use: closed: 99 of 100"):
        lake.run_pipelines(["arena"])
    assert (minutes(lake), scores(lake)) == (everything, everything[2])
