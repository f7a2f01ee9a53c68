"""The sample that `lake new` keeps beside a contract has the records of the file, and nobody's data."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from lakehouse.layout.samples import sample_files
from lakehouse.odcs.lake.load import load_lake
from tests.fixtures.environments import FIXTURE
from tools.lake.main import app

PEOPLE: list[dict[str, Any]] = [
    {
        "Customer Id": f"C{number:03}",
        "E-Mail": f"ada.{number % 20}@lovelace.example",
        "phone": 4_930_000_000 + number % 20,
        "last_name": f"Lovelace {number % 20}" if number % 3 else None,
        "home": {"street": f"Baker Street {number}", "zip": "10117"},
        "city": "Berlin",
    }
    for number in range(60)
]
PERSONAL = ("lovelace.example", "49300000", "Lovelace", "Baker Street")


def as_json() -> tuple[str, bytes]:
    return "people.jsonl", "".join(f"{json.dumps(each)}\n" for each in PEOPLE).encode()


def as_csv() -> tuple[str, bytes]:
    names = [name for name in PEOPLE[0] if name != "home"]
    rows = [[str(each[name] or "NA") for name in names] for each in PEOPLE]
    return "people.csv", "\n".join(";".join(row) for row in [names, *rows]).encode()


def as_parquet() -> tuple[str, bytes]:
    stored = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(PEOPLE), stored)
    return "people.parquet", stored.getvalue()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    copytree(FIXTURE, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def run(project: Path) -> Callable[..., Result]:
    """Call the command line on the project."""
    return lambda *words: CliRunner().invoke(app, [*words, "--root", str(project)])


@pytest.fixture(params=[as_json, as_csv, as_parquet])
def people(request: pytest.FixtureRequest, project: Path) -> Path:
    """A file about people."""
    name, content = request.param()
    path: Path = project / name
    path.write_bytes(content)
    return path


def kept(project: Path) -> list[Path]:
    [dataset] = load_lake(project).of_domain("wild")
    return sample_files(project, dataset)


def test_kept_sample_names_nobody_and_is_accepted_whole(
    run: Callable[..., Result], project: Path, people: Path
) -> None:
    drafted = run("new", "wild/people", "--from", str(people))
    assert drafted.exit_code == 0, drafted.output
    [sample] = kept(project)
    assert f"contracts/wild/samples/{sample.name}" in drafted.stdout
    rows = (
        pq.read_table(sample).to_pylist() if sample.suffix == ".parquet" else sample.read_text().splitlines()
    )
    text = "\n".join(map(str, rows))
    assert [part for part in PERSONAL if part in text] == []
    assert "Berlin" in text
    assert "C049" in text
    assert "C050" not in text
    told = json.loads(run("test", "wild/people", "--json").stdout)
    assert (told["passed"], told["accepted"], told["superseded"]) == (True, 50, 0)


def test_same_person_stays_the_same(run: Callable[..., Result], project: Path) -> None:
    (project / "people.jsonl").write_bytes(as_json()[1])
    assert run("new", "wild/people", "--from", str(project / "people.jsonl")).exit_code == 0
    rows = [json.loads(line) for line in kept(project)[0].read_text().splitlines()]
    assert len({row["E-Mail"] for row in rows}) == 20
    assert {row["E-Mail"] for row in rows[0:50:20]} == {rows[0]["E-Mail"]}
    assert [row["last_name"] is None for row in rows] == [each["last_name"] is None for each in PEOPLE[:50]]


def test_no_sample_is_kept_when_none_is_wanted_or_others_are_there(
    run: Callable[..., Result], project: Path, people: Path
) -> None:
    assert run("new", "wild/people", "--from", str(people), "--no-sample").exit_code == 0
    assert kept(project) == []
    refused = run("test", "wild/people")
    assert refused.exit_code == 2
    assert "samples beside its contract" in " ".join(refused.stderr.replace("│", " ").split())
    own = project / "contracts/wild/samples/people.mine"
    own.parent.mkdir()
    own.write_text("mine")
    assert run("new", "wild/people", "--from", str(people), "--force").exit_code == 0
    assert kept(project) == [own]
