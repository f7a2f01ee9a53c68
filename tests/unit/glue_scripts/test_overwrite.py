"""Datasets each of whose versions is the whole content: which one counts, on both carriers."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from lakehouse_etl.bronze.state import State, read_state, write_state
from lakehouse_etl.job.storage import LocalStorage
from lakehouse_etl.quality import verdict
from lakehouse_etl.records.counts import Counts
from lakehouse_etl.silver.outcome import RefusedError
from lakehouse_etl.tables.table import Table as SparkTable

FEW = {
    "name": "few", "kind": "aggregate", "sql": "count(*)", "operator": "mustBeLessThan", "values": [3],
    "severity": "error",
}  # fmt: skip

CARRIERS = ["native", pytest.param("spark", marks=pytest.mark.spark)]


class Lists:
    """A dataset of lists, on one carrier."""

    def __init__(self, make: Any, **options: Any) -> None:
        """Make its tables; one rejected record of two is too many."""
        self.bench = make(
            {"id": "string"}, rules={"id": {"required": True}}, write="overwrite", max_rejected_ratio=0.4,
            table_rules=[FEW], **options,
        )  # fmt: skip

    def put(self, name: str, *ids: str | None, hour: int = 0) -> Path:
        """Add a list to bronze; None makes a record that is rejected."""
        lines = "".join(json.dumps({"id": each}) + "\n" for each in ids)
        path: Path = self.bench.put(lines.encode(), name, hour=hour)
        return path

    def part(self, name: str, *ids: str, hour: int = 0) -> Path:
        """Add an object in a folder below its ingest partition."""
        path = self.put("part.json", *ids, hour=hour)
        target = path.parent / name
        target.parent.mkdir(parents=True, exist_ok=True)
        return path.rename(target)

    def run(self) -> Any:
        """Run the job over what is new."""
        return self.bench.run()

    def refused(self, match: str = "is refused") -> Counts:
        """Run, and return the counts of a run that tells of a version that is refused."""
        with pytest.raises(RefusedError, match=match) as failure:
            self.bench.run()
        counts: Counts = failure.value.result.counts
        return counts

    def ids(self) -> list[str]:
        """Ids in silver."""
        return [row["id"] for row in self.bench.rows()]

    def raw(self) -> list[str]:
        """Texts in quarantine."""
        return [row["raw"] for row in self.bench.rejected()]

    def problem(self) -> str | None:
        """What keeps products from reading silver."""
        name = self.bench.dataset.silver_table
        table = (
            SparkTable(self.bench.spark.newSession(), name)
            if hasattr(self.bench, "spark")
            else self.bench.silver
        )
        return verdict.problem_of(table, table.history())

    def ask(self, *paths: Path, name: str = "r") -> None:
        """Request objects."""
        bronze = Path(self.bench.dataset.bronze.location.removeprefix("file:"))
        folder = Path(self.bench.dataset.requests_location.removeprefix("file:"))
        place = folder / f"ingest_date=2026-01-01/ingest_hour=00/{name}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps({"objects": [str(path.relative_to(bronze)) for path in paths]}))


@pytest.fixture(params=CARRIERS)
def make(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue("make_native" if request.param == "native" else "make_bench")


@pytest.fixture
def lists(make: Any) -> Lists:
    return Lists(make)


REJECTED = '{"id": null}'


def test_bad_version_is_told_and_passed_over_and_the_next_good_one_counts(lists: Lists) -> None:
    lists.put("list-1.json", "a")
    lists.run()
    lists.put("list-2.json", "b", None)
    assert lists.refused("version list-2 is refused.*1 of 2 records rejected") == Counts(2, 0, 1, 1)
    snapshots = lists.bench.snapshots()
    assert lists.refused("version list-2 is refused") == Counts()
    assert lists.bench.snapshots() == snapshots
    assert (lists.ids(), lists.raw()) == (["a"], [REJECTED])
    lists.put("list-3.json", "c")
    assert lists.run().counts == Counts(1, 1, 0, 0)
    assert lists.run().objects == 0
    assert (lists.ids(), lists.raw()) == (["c"], [REJECTED])


def test_products_may_read_the_last_good_version_while_a_newer_one_is_refused(lists: Lists) -> None:
    lists.put("list-1.json", "a")
    lists.put("list-2.json", "b", "c", "d")
    assert lists.refused("few: got 3; allowed: < 3") == Counts(4, 1, 0, 3)
    assert lists.ids() == ["a"]
    assert lists.problem() is None
    lists.refused()
    assert lists.problem() is None


def test_products_wait_while_no_version_was_ever_good(lists: Lists) -> None:
    lists.put("list-1.json", None)
    for _ in range(2):
        lists.refused()
        assert (lists.problem() or "").startswith("closed: version list-1 is refused")


def test_version_without_a_good_record_replaces_nothing(lists: Lists) -> None:
    lists.put("list-1.json", "a")
    lists.run()
    lists.put("list-2.json")
    lists.refused("holds no good record")
    assert lists.ids() == ["a"]


def test_newest_of_two_versions_wins_and_the_other_one_is_only_counted(lists: Lists) -> None:
    lists.put("list-2.json", "b")
    lists.put("list-10.json", "c")
    lists.put("list-1.json", "a", None, hour=5)
    assert lists.run().counts == Counts(4, 1, 0, 3)
    assert (lists.ids(), lists.raw()) == (["c"], [])


def test_older_version_that_comes_late_is_counted_and_changes_nothing(lists: Lists) -> None:
    lists.put("list-2.json", "b")
    lists.run()
    lists.put("list-1.json", "a", None, hour=3)
    result = lists.run()
    assert (result.objects, result.counts) == (1, Counts(2, 0, 0, 2))
    assert (lists.ids(), lists.raw()) == (["b"], [])
    assert lists.run().objects == 0


def test_later_one_of_two_versions_of_a_name_wins_whatever_its_digest(lists: Lists) -> None:
    lists.put("list-20260101T000500Z-0000000000000000.json", "b")
    lists.put("list-20260101T000400Z-ffffffffffffffff.json", "a")
    lists.run()
    assert lists.ids() == ["b"]
    lists.put("list-20260101T010000Z-0000000000000000.json", "c", hour=1)
    lists.run()
    assert lists.ids() == ["c"]


def test_arrival_decides_whatever_the_name_where_the_contract_says_so(make: Any) -> None:
    lists = Lists(make, versions={"order": "arrival"})
    lists.put("z-20260101T000400Z-ffffffffffffffff.json", "a")
    lists.put("a-20260101T000500Z-0000000000000000.json", "b")
    lists.run()
    assert lists.ids() == ["b"]
    lists.put("0-20260101T010000Z-0000000000000000.json", "c", hour=1)
    lists.run()
    assert lists.ids() == ["c"]


def test_requested_version_is_judged_again_and_counts_by_the_same_order(lists: Lists) -> None:
    old = lists.put("list-1.json", "a")
    lists.run()
    bad = lists.put("list-2.json", "b", None)
    lists.refused()
    lists.ask(old, name="old")
    assert lists.refused("version list-2").accepted == 1
    lists.bench.contract(max_rejected_ratio=0.5)
    lists.ask(bad, old, name="both")
    assert lists.run().counts == Counts(3, 1, 1, 1)
    assert lists.ids() == ["b"]
    lists.ask(old, name="older")
    assert lists.run().counts == Counts(1, 0, 0, 1)
    assert lists.ids() == ["b"]


def test_any_version_replaces_what_an_older_release_has_left(lists: Lists) -> None:
    lists.put("list-9.json", "a")
    lists.run()
    [path] = Path(lists.bench.dataset.state_location).glob("*.json")
    value = json.loads(path.read_text())
    path.write_text(json.dumps({key: value[key] for key in value if key not in ("content", "refused")}))
    lists.put("list-1.json", "b")
    lists.run()
    assert lists.ids() == ["b"]


@pytest.fixture
def folders(make: Any) -> Lists:
    return Lists(make, versions={"marker": "_SUCCESS"})


def test_version_in_parts_waits_for_its_marker_and_is_published_whole(
    folders: Lists, capsys: pytest.CaptureFixture[str]
) -> None:
    folders.part("2026-01/a-0000000000000000.json", "a")
    folders.part("2026-01/b-0000000000000000.json", "b", hour=1)
    assert folders.run().objects == 0
    assert '"objects_waiting": 2' in capsys.readouterr().out
    folders.part("2026-02/a-1111111111111111.json", "c", hour=60)
    folders.part("2026-02/_SUCCESS-1111111111111111", hour=60)
    assert folders.run().counts == Counts(1, 1, 0, 0)
    folders.part("2026-01/_SUCCESS-0000000000000000", hour=61)
    result = folders.run()
    assert (result.objects, result.counts) == (3, Counts(2, 0, 0, 2))
    assert folders.ids() == ["c"]
    assert folders.run().objects == 0


def test_folder_that_is_closed_again_is_a_newer_version(folders: Lists) -> None:
    for number, key in enumerate("ab"):
        part = folders.part(f"all/{key}-{number:016}.json", key, hour=number)
        marker = folders.part(f"all/_SUCCESS-{number:016}", hour=number)
        for path in (part, marker):
            os.utime(path, (1000 + number, 1000 + number))
        folders.run()
        assert folders.ids() == [key]


def test_version_of_which_a_part_alone_is_requested_is_left_alone(
    folders: Lists, capsys: pytest.CaptureFixture[str]
) -> None:
    some = folders.part("v/a-0000000000000000.json", "a")
    more = folders.part("v/b-0000000000000000.json", "b")
    marker = folders.part("v/_SUCCESS-0000000000000000")
    folders.run()
    for number, paths in enumerate([(some,), (some, marker)]):
        folders.ask(*paths, name=f"some-{number}")
        assert folders.run().objects == 0
        assert '"requested_incompletely": ["v"]' in capsys.readouterr().out
    folders.ask(some, more, marker, name="all")
    assert folders.run().counts == Counts(2, 2, 0, 0)
    assert folders.ids() == ["a", "b"]


def test_state_tells_of_versions_what_it_was_told(tmp_path: Path) -> None:
    storage = LocalStorage()
    written = State(run_id="r", processed=frozenset("ab"), requests=frozenset("c"))
    assert read_state(storage, write_state(storage, f"{tmp_path}/", written)) == written
