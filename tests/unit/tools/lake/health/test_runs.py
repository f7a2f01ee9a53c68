"""Which runs are the last ones of their datasets."""

from datetime import UTC, datetime

from tools.lake.health.runs import Run, newest_of_each


def test_dataset_that_rarely_gets_anything_has_its_last_run_beside_busy_ones() -> None:
    def run(dataset: str, minute: int) -> Run:
        return Run(
            "shop", dataset, "function", None, datetime(2026, 1, 1, 0, minute, tzinfo=UTC), "succeeded"
        )

    rare, busy = run("rare", 0), [run("busy", minute) for minute in range(1, 9)]
    assert newest_of_each([rare, *busy], 2) == [rare, *busy[-2:]]
