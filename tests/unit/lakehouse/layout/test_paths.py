from datetime import datetime, timedelta, timezone

from lakehouse.layout.paths import ingest_partition, ingest_partition_of


def test_partition_is_that_of_the_hour_in_utc() -> None:
    time = datetime(2026, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert ingest_partition_of(time) == "ingest_date=2025-12-31/ingest_hour=23/"


def test_partition_without_an_hour_is_what_all_of_the_day_start_with() -> None:
    assert ingest_partition("2026-01-02") == "ingest_date=2026-01-02/ingest_hour="
