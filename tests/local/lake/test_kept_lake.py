"""The kept lake, as its commands show it: started for a selection, fed, asked, changed, ended."""

import contextlib
import json
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.load import PROJECT_ROOT
from tests.local.lake.laptop import START, Laptop
from tests.local.lake.project_copy import copy_project
from tests.unit.lakehouse.project import Json, column, product, source

pytestmark = pytest.mark.lake

AMOUNT = column("amount", "integer", "int", required=True)
SQL = "SELECT order_id, amount FROM silver_shop.orders"
SESSIONS: dict[Path, "Session"] = {}
"""By the folder of the lake."""
HALF = {"order_by": ["amount"], "quality_gate": {"maxRejectedRatio": 0.5}}


def _orders(*rules: Json) -> Json:
    contract = source("shop/orders", AMOUNT, ingestion={"mode": "files", "format": "csv"}, **HALF)
    contract["schema"][0]["quality"] = list(rules)
    return contract


class Session:
    """A recorded terminal session: commands and what they print."""

    def __init__(self, laptop: Laptop) -> None:
        self._laptop = laptop
        self.text = ""

    def lake(self, *words: str, code: int = 0) -> None:
        """Run a command and record it, with its seconds left out."""
        with self._laptop.start(*words) as process:
            out, err = process.communicate()
        assert process.returncode == code, out + err
        assert err == ""
        lines = (re.sub(r" +[0-9]+\.[0-9] s$", " … s", line.rstrip()) for line in out.splitlines())
        self.text += f"$ lake {shlex.join(words)}\n" + "".join(f"{line}\n" for line in lines) + "\n"


@pytest.fixture(scope="module")
def session(laptop: Laptop) -> Session:
    """What is on the page, so far as the fixture of the lake has come."""
    return SESSIONS[laptop.build]


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    folder = tmp_path_factory.mktemp("kept")
    (folder / "contracts").mkdir()
    found = Laptop(copy_project(folder / "project", folder / "contracts"), folder / "build")
    found.write("shop/orders.odcs.yaml", _orders())
    found.write("shop/seen.odcs.yaml", product("shop/seen", AMOUNT))
    found.write("shop/seen.sql", SQL)
    found.write("zoo/visits.odcs.yaml", source("zoo/visits", AMOUNT))
    (found.project / "orders.csv").write_text("order_id,amount\na,1\nb,2\nc,many\n")
    session = SESSIONS.setdefault(found.build, Session(found))
    session.lake("test", "orders", "orders.csv", code=1)
    session.lake("up", "--select", "seen")
    yield found
    found.lake("down")


def test_session_on_the_page_is_what_the_commands_print(laptop: Laptop, session: Session) -> None:
    session.lake("run", "orders", "--data", "orders.csv")
    session.lake("sql", "SELECT order_id, amount FROM gold_shop.seen ORDER BY amount DESC", "--as", "analyst")
    page = PROJECT_ROOT / "README.md"
    before, mark, rest = page.read_text().partition("```console\n")
    shown, end, after = rest.partition("```\n")
    assert (mark, end) == ("```console\n", "```\n")
    if os.environ.get("LAKE_SESSION") == "record":
        page.write_text(f"{before}{mark}{session.text.rstrip()}\n{end}{after}")
    else:
        assert shown == f"{session.text.rstrip()}\n"


def test_lake_has_what_was_selected_and_what_that_reads(laptop: Laptop) -> None:
    assert laptop.status()["datasets"] == ["shop/orders", "shop/seen"]
    told = laptop.lake("run", "zoo", code=1)
    assert "allowed shop, shop/orders, shop/seen" in told


def test_data_goes_from_landing_to_gold_and_is_told_of(laptop: Laptop, tmp_path: Path) -> None:
    data = tmp_path / "my orders.csv"
    data.write_text("order_id,amount\na,1\nb,3\nx,many\n")
    found = laptop.json("run", "orders", "--data", str(data))
    orders, seen = found["datasets"]
    assert orders["counts"] == {"records_in": 3, "accepted": 1, "rejected": 1, "superseded": 1}
    assert [(each["file"], each["line"], each["reason"]) for each in orders["rejected"]] == [
        ("my orders.csv", 4, "wrong_type")
    ]
    assert sorted(row["order_id"] for row in seen["rows"]) == ["a", "b"]

    refused = laptop.json("rejected", "orders")["rejected"]
    assert {(each["line"], each["record"]) for each in refused} == {(4, "c,many"), (4, "x,many")}

    sql = "SELECT order_id FROM gold_shop.seen ORDER BY 1"
    assert laptop.json("sql", sql)["rows"] == [{"order_id": "a"}, {"order_id": "b"}]
    assert laptop.json("sql", "-", given=sql)["rows"] == [{"order_id": "a"}, {"order_id": "b"}]
    assert "Column 'nothing'" in laptop.lake("sql", "SELECT nothing FROM gold_shop.seen", code=1)
    assert '"records_in": 3' in laptop.lake("logs", "orders")
    assert "AWS_SESSION_TOKEN" in laptop.lake("env", "--as", "analyst")

    newest = laptop.json("runs", "orders")[0]
    told = ("dataset", "engine", "outcome", "records_in", "accepted", "rejected", "reasons")
    assert [newest[name] for name in told] == [
        "shop/orders", "function", "succeeded", 3, 1, 1, {"wrong_type": 1}
    ]  # fmt: skip
    assert laptop.json("why", "seen", code=1)["causes"] == [
        {
            "where": "shop/orders",
            "what": "1 of 3 records were rejected: wrong_type 1",
            "then": "lake rejected shop/orders",
        }
    ]
    assert [(each["domain"], each["status"]) for each in laptop.status()["pipelines"]] == [
        ("shop", "SUCCEEDED")
    ]


def test_dashboards_are_drawn_with_what_came(laptop: Laptop, tmp_path: Path) -> None:
    told = laptop.lake("dashboards", "--hours", "1", "--out", str(tmp_path / "boards"))
    drawn = {str(file): file.read_text() for file in (tmp_path / "boards").iterdir()}
    assert sorted(told.split()) == sorted(drawn)
    assert any("shop/orders" in picture for picture in drawn.values())


def test_objects_of_the_lake_are_tested_where_they_lie(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for line in laptop.lake("env").splitlines():
        name, _, value = line.removeprefix("export ").partition("=")
        monkeypatch.setenv(name, shlex.split(value)[0])
    place = laptop.json("rejected", "orders")["rejected"][0]["object"]
    found = laptop.json("test", "orders", place, code=1)
    assert (found["files"], found["rejected"]) == ({place: 3}, 1)
    folder = place.rpartition("/")[0]
    assert len(laptop.json("test", "orders", folder, code=1)["files"]) == 2
    refused = laptop.lake("test", "orders", f"{place}x", code=2)
    assert "no such object" in refused


def test_prompt_answers_statements_and_goes_on_after_one_that_fails(laptop: Laptop, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", START, "sql", "--as", "analyst"],
        cwd=laptop.project,
        env={**laptop.variables, "HOME": str(tmp_path), "TERM": "dumb"},
        stdin=theirs,
        stdout=theirs,  # the line editor is there only where both are a terminal
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(theirs)
    os.write(
        ours,
        b"SELECT nothing FROM gold_shop.seen;\nSELECT 41 + 0*count(*) AS most\nFROM gold_shop.seen;\nexit\n",
    )
    out = _printed(ours)
    _, err = process.communicate()
    assert (process.returncode, err) == (0, ""), out
    lines = [line.strip() for line in out.splitlines()]
    assert any("asking as analyst: a semicolon or an empty line ends a statement" in line for line in lines)
    assert any("nothing" in line and "✗" in line for line in lines)
    shown = next(at for at, line in enumerate(lines) if line.endswith("most"))
    assert "41" in lines[shown:]
    assert "most" in (tmp_path / ".lake_sql_history").read_text()


def _printed(terminal: int) -> str:
    """Return what a terminal shows until the program that has it ends."""
    found = b""
    with contextlib.suppress(OSError):  # which is how Linux tells that nobody has it any more
        while some := os.read(terminal, 4096):
            found += some
    os.close(terminal)
    return found.decode()


def test_edit_is_deployed_before_the_next_run_and_nothing_else(laptop: Laptop) -> None:
    laptop.write("shop/seen.sql", SQL + " WHERE amount > 1")
    with laptop.start("run", "orders", "--data", "-", "--json") as process:
        out, err = process.communicate("order_id,amount\nd,4\n")
    assert "deploy DomainShop with the CDK" in err
    orders, seen = json.loads(out)["datasets"]
    assert orders["counts"]["records_in"] == 1
    assert sorted(row["order_id"] for row in seen["rows"]) == ["b", "d"]


def test_broken_rule_fails_the_run_and_is_named(laptop: Laptop) -> None:
    laptop.write("shop/orders.odcs.yaml", _orders({"metric": "rowCount", "mustBeGreaterThan": 100}))
    found = laptop.json("run", "orders", code=1)
    assert "rowCount" in found["problem"]
    assert [each["rule"] for each in found["datasets"][0]["broken_rules"]] == ["rowCount"]

    status = laptop.status()
    assert status["healthy"] is False
    [failed] = [each for each in status["trouble"] if each["where"] == "pipeline shop"]
    then = "lake why shop/orders; once that is mended, lake run shop"
    assert (failed["then"], "rowCount" in failed["what"]) == (then, True)
    of_orders, *of_seen = laptop.json("why", "seen", code=1)["causes"]
    assert (of_orders["where"], of_orders["then"]) == ("shop/orders", "lake logs shop/orders")
    assert "rowCount" in of_orders["what"]
    assert {each["where"] for each in of_seen} <= {"shop", "shop/seen"}
    assert laptop.json("runs", "orders")[0]["outcome"] == "failed"


def test_fault_in_a_contract_is_told_and_the_lake_goes_on(laptop: Laptop) -> None:
    laptop.write("shop/orders.odcs.yaml", "id: [")
    assert "contracts/shop/orders.odcs.yaml" in laptop.lake("run", "orders", code=1)
    laptop.write("shop/orders.odcs.yaml", _orders())
    assert laptop.status()["running"] is True


def test_second_lake_of_a_folder_is_not_started(laptop: Laptop) -> None:
    before = laptop.status()["endpoint"]
    laptop.lake("up")
    assert laptop.status()["endpoint"] == before


def test_without_a_lake_each_command_says_what_starts_one(laptop: Laptop, tmp_path: Path) -> None:
    alone = Laptop(laptop.project, tmp_path)
    for words in (
        ("run",),
        ("sql", "SELECT 1"),
        ("rejected", "orders"),
        ("logs", "orders"),
        ("env",),
        ("status",),
        ("runs",),
        ("why", "orders"),
        ("dashboards",),
    ):
        assert "no lake is running; fix: start one with lake up" in alone.lake(*words, code=1)
    assert alone.lake("down").strip() == "no lake is running"
    assert alone.json("status", code=1) == {"running": False}


def test_interrupt_while_a_lake_starts_leaves_none(laptop: Laptop, tmp_path: Path) -> None:
    alone = Laptop(laptop.project, tmp_path)
    # A shell that runs tests in the background has it ignored, and children inherit that.
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    with alone.start("up", "--select", "seen") as process:
        assert process.stdout is not None
        process.stdout.readline()  # the embedded AWS is there
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    signal.signal(signal.SIGINT, former)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert alone.json("status", code=1) == {"running": False}
