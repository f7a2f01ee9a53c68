"""Which objects of a dataset are new."""

from pathlib import Path

import pytest
from lakehouse_etl.bronze.looking import look
from lakehouse_etl.bronze.objects import is_hidden
from lakehouse_etl.bronze.state import State
from lakehouse_etl.job.storage import LocalStorage

from tests.unit.glue_scripts.judge.subjects import dataset

HOUR = "ingest_date=2026-01-31/ingest_hour=09/"


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("part.json", False),
        ("a_b.c/part_1.json", False),
        ("_part.json", True),
        (".part.json", True),
        ("_delta_log/0.json", True),
        ("a/.b/part.json", True),
        ("_SUCCESS-20260131T090000Z-0123456789abcdef", False),
        ("_delta_log/_SUCCESS", True),
    ],
)
def test_object_is_hidden_by_its_name_or_folder_unless_it_closes_a_version(name: str, hidden: bool) -> None:
    assert is_hidden(f"{HOUR}{name}", "_SUCCESS") is hidden
    assert is_hidden(f"{HOUR}{name}") is (hidden or name.startswith("_SUCCESS"))


def test_hidden_objects_are_not_counted_as_new(tmp_path: Path) -> None:
    for name in ("part.json", "_SUCCESS", ".part.json.crc", "_part.json"):
        (tmp_path / HOUR).mkdir(parents=True, exist_ok=True)
        (tmp_path / HOUR / name).write_text("{}")
    subject = dataset({"id": "string"}, bronze={"location": f"file:{tmp_path}/"})
    found = look(LocalStorage(), subject, State(), None)
    assert [each.name for each in found.new] == [f"{HOUR}part.json"]
