from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from lakehouse.model.dataset import Write
from tests.unit.lakehouse.datasets import ORDERS
from tools.ops.bronze.requests import OVERWRITES, partition, why_not


@pytest.mark.parametrize(
    ("write", "why"), [(Write.MERGE, ""), (Write.APPEND, ""), (Write.OVERWRITE, OVERWRITES)]
)
def test_objects_are_not_processed_again_when_each_run_replaces_the_content(write: Write, why: str) -> None:
    assert why_not(replace(ORDERS, write=write)) == why


def test_partition_is_that_of_the_hour_in_utc() -> None:
    time = datetime(2026, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert partition(time) == "ingest_date=2025-12-31/ingest_hour=23/"
