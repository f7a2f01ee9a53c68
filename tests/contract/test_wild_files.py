"""Files as they are met in the wild become drafts under which each of their records is a row."""

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from lakehouse.model.dialect import USUAL
from lakehouse.odcs.lake.load import load_lake
from lakehouse.targets.words import type_name
from tests.contract.wild_files import WILD, Wild
from tests.fixtures.environments import FIXTURE
from tools.lake.drafts.keeping import RECORDS
from tools.lake.main import app

Run = Callable[..., Result]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    copytree(FIXTURE, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def run(project: Path) -> Run:
    """Call the command line on the project."""
    return lambda *words: CliRunner().invoke(app, [*words, "--root", str(project)])


@pytest.mark.parametrize("make", WILD)
def test_every_record_of_a_wild_file_is_a_row(run: Run, project: Path, make: Callable[[], Wild]) -> None:
    wild = make()
    path = project / wild.name
    path.write_bytes(wild.content)
    drafted = run("new", "wild/real", "--from", str(path))
    assert drafted.exit_code == 0, drafted.output
    assert f"each of the {wild.records} records would be a row" in " ".join(drafted.stdout.split())
    [dataset] = load_lake(project).of_domain("wild")
    assert {field.source_name: type_name(field.type) for field in dataset.fields} == wild.types
    assert dataset.ingestion is not None
    dialect = {each.name: getattr(dataset.ingestion.dialect, each.name) for each in fields(USUAL)}
    assert {name: value for name, value in dialect.items() if value != getattr(USUAL, name)} == wild.dialect
    assert dataset.key == wild.key
    told: Any = json.loads(run("test", "wild/real", str(path), "--json").stdout)
    assert (told["passed"], told["accepted"]) == (True, wild.records), told["reasons"]
    kept: Any = json.loads(run("test", "wild/real", "--json").stdout)
    assert (kept["passed"], kept["accepted"]) == (True, min(RECORDS, wild.records)), kept["reasons"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("id,total,id\n1,2,3\n", "each name once"),
        ('[\n {"id": 1},\n {"id": 2}\n]\n', "a JSON array over several lines"),
        ('{\n "id": 1\n}\n', "an object over several lines"),
    ],
)
def test_wild_file_is_refused_with_a_reason_when_jobs_could_not_load_it(
    run: Run, project: Path, content: str, reason: str
) -> None:
    path = project / "sample"
    path.write_text(content)
    result = run("new", "wild/real", "--from", str(path))
    assert (result.exit_code, reason in " ".join(result.stderr.split())) == (1, True), result.output
    assert not (project / "contracts/wild").exists()
