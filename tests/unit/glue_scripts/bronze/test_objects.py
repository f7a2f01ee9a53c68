"""Which objects of a dataset are new."""

from pathlib import Path

import pytest
from lakehouse_etl.bronze.objects import is_partitioned, new_objects
from lakehouse_etl.bronze.state import State
from lakehouse_etl.job.storage import LocalStorage

HOUR = "ingest_date=2026-01-31/ingest_hour=09/"


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        (f"{HOUR}part.json", True),
        (f"{HOUR}a_b.c/part_1.json", True),
        (f"{HOUR}_part.json", False),
        (f"{HOUR}.part.json", False),
        (f"{HOUR}_delta_log/0.json", False),
        (f"{HOUR}a/.b/part.json", False),
        ("_requests/part.json", False),
        ("ingest_date=2026-01-31/part.json", False),
    ],
)
def test_object_is_one_of_the_dataset_when_it_lies_in_a_partition_and_nobody_hides_it(
    name: str, is_one: bool
) -> None:
    assert is_partitioned(name) is is_one


def test_hidden_objects_are_not_counted_as_new(tmp_path: Path) -> None:
    for name in ("part.json", "_SUCCESS", ".part.json.crc", "_part.json"):
        (tmp_path / HOUR).mkdir(parents=True, exist_ok=True)
        (tmp_path / HOUR / name).write_text("{}")
    found = new_objects(LocalStorage(), f"file:{tmp_path}/", State())
    assert [each.name for each in found] == [f"{HOUR}part.json"]
