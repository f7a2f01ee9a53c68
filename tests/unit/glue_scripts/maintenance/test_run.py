"""Maintenance takes what nobody needs, keeps what somebody may need, and no run notices it."""

import itertools
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lakehouse_etl.bronze.commits import keep_state, summary_of
from lakehouse_etl.bronze.looking import advance, look
from lakehouse_etl.bronze.state import State, StateError, write_state
from lakehouse_etl.job.storage import LocalStorage
from lakehouse_etl.maintenance.procedures import OutrunError, Procedures
from lakehouse_etl.maintenance.run import Limits, Upkeep
from lakehouse_etl.maintenance.subjects import Kind, Subject
from lakehouse_etl.records.counts import Counts
from lakehouse_etl.tables.table import Table
from pyspark.sql import DataFrame

from tests.unit.glue_scripts.bench import Bench, MakeBench

pytestmark = pytest.mark.spark
ORDER = {"id": "string", "version": "long", "note": "string"}
LATER = datetime(2999, 1, 1, tzinfo=UTC)
ALL = "older_than => TIMESTAMP '2999-01-01 00:00:00', retain_last => 1"


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    """A dataset after six runs, each with one object that holds one order."""
    bench = make_bench(ORDER, order_by=["version"])
    state = State()
    for number in range(6):
        state = _run_quickly(bench, state, {"id": f"k{number}", "version": 1, "note": f"n{number}"})
    return bench


def _run_quickly(bench: Bench, state: State, record: dict[str, Any]) -> State:
    """Commit a record as a run does, without a run's work."""
    bench.put_json(record)
    bench.runs += 1
    storage, dataset = LocalStorage(), bench.dataset
    seen = look(storage, dataset, state, None)
    after = replace(advance(state, seen.new, seen), run_id=f"run-{bench.runs}")
    uri = write_state(storage, dataset.state_location, after)
    table = Table(bench.spark.newSession(), dataset.silver_table)
    rows = bench.spark.createDataFrame([record], table.columns()).coalesce(1)
    table.append(rows, summary_of(after.run_id, uri, Counts(1, 1, 0, 0), after))
    return after


def _limits(**changes: Any) -> Limits:
    return Limits(
        **{"now": datetime.now(UTC), "snapshot_days": 0, "snapshots_min": 1, "orphan_days": 3, **changes}
    )


def _upkeep(bench: Bench, table: str = "", *, retention_days: int | None = None, **limits: Any) -> Upkeep:
    name = table or bench.dataset.silver_table
    state = None if table else bench.dataset.state_location
    kinds = {"": Kind.MAIN, bench.dataset.results_table: Kind.RESULTS}
    kind = kinds.get(table, Kind.QUARANTINE)
    subject = Subject(name, kind, state_location=state, retention_days=retention_days)
    return Upkeep(bench.spark.newSession(), LocalStorage(), subject, _limits(**limits))


def _procedures(bench: Bench) -> Procedures:
    return Procedures(bench.spark.newSession(), bench.dataset.silver_table)


def _cells(frame: DataFrame) -> list[str]:
    return sorted(repr(row) for row in frame.collect())


def _files(bench: Bench) -> int:
    count: int = bench.table(f"{bench.dataset.silver_table}.files").count()
    return count


def _folder(bench: Bench, table: str = "") -> Path:
    [location] = (
        bench.table(f"{table or bench.dataset.silver_table}.metadata_log_entries").select("file").tail(1)
    )
    return Path(location["file"].removeprefix("file:")).parents[1]


def _age(paths: Iterator[Path], days: int = 10) -> None:
    then = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    for path in paths:
        os.utime(path, (then, then))


def _states(bench: Bench) -> set[str]:
    return {path.name for path in Path(bench.dataset.state_location).glob("*.json")}


def test_compaction_makes_few_files_of_many_and_changes_no_cell(bench: Bench, spark: Any) -> None:
    silver, quarantine = bench.dataset.silver_table, bench.dataset.quarantine_table
    for number in range(6):
        spark.sql(
            f"INSERT INTO glue_catalog.{quarantine} "  # noqa: S608
            f"VALUES ('s3://o', {number}, 0, 'r', 'd', '{{\"{number}', DATE '2026-01-01', 'run', '')"
        )
    tables = (silver, quarantine)
    before = [_cells(bench.table(name)) for name in tables]
    assert _upkeep(bench).run(managed=False)["files_compacted"] == 6
    assert _upkeep(bench, quarantine).run(managed=False)["files_compacted"] == 6
    assert [bench.table(f"{name}.files").count() for name in tables] == [1, 1]
    assert [_cells(bench.table(name)) for name in tables] == before


def test_few_small_files_are_left_alone(make_bench: MakeBench) -> None:
    bench, state = make_bench(ORDER), State()
    for number in range(4):
        state = _run_quickly(bench, state, {"id": f"k{number}", "version": 1, "note": ""})
    head = bench.head()
    assert _upkeep(bench).run(managed=False)["files_compacted"] == 0
    assert bench.head() == head


def test_manifests_are_joined_when_there_are_many(make_bench: MakeBench, spark: Any) -> None:
    bench = make_bench(ORDER)
    for number in range(20):
        spark.sql(f"INSERT INTO glue_catalog.{bench.dataset.silver_table} VALUES ('{number}', 1, '', '', 1)")  # noqa: S608
    before = _cells(bench.table(bench.dataset.silver_table))
    assert _procedures(bench).join_manifests() == 20
    assert _procedures(bench).join_manifests() == 0
    assert _cells(bench.table(bench.dataset.silver_table)) == before


def test_no_manifest_tells_of_removed_files_after_maintenance(bench: Bench) -> None:
    bench.spark.newSession().sql(f"DELETE FROM glue_catalog.{bench.dataset.silver_table} WHERE id = 'k0'")  # noqa: S608
    manifests = f"{bench.dataset.silver_table}.manifests"
    removed = "deleted_data_files_count > 0"
    assert not bench.table(manifests).where(removed).isEmpty()
    before = _cells(bench.table(bench.dataset.silver_table))
    _upkeep(bench).run(managed=False)
    assert bench.table(manifests).where(removed).isEmpty()
    assert _cells(bench.table(bench.dataset.silver_table)) == before


def test_runs_go_on_with_new_objects_alone_after_maintenance(bench: Bench) -> None:
    for round_ in range(2):
        _upkeep(bench).run(managed=False)
        assert bench.run().objects == 0
        bench.put_json({"id": "k0", "version": 2 + round_, "note": "again"})
        assert bench.run().objects == 1
    assert bench.snapshots() <= 3
    assert [row["note"] for row in bench.rows()] == ["again", *(f"n{number}" for number in range(1, 6))]


@pytest.mark.parametrize("order", [*itertools.permutations(("compact", "manifests", "expire"))])
def test_state_outlives_what_others_do_to_the_table_in_any_order(
    bench: Bench, order: tuple[str, ...]
) -> None:
    """As under managed optimizers: the job only notes the state, Glue does the rest when it likes."""
    path = bench.dataset.silver_table
    calls = {
        "compact": f"rewrite_data_files(table => '{path}', options => map('min-input-files', '2'))",
        "manifests": f"rewrite_manifests(table => '{path}')",
        "expire": f"expire_snapshots(table => '{path}', {ALL})",
    }
    _upkeep(bench).run(managed=True)
    for step in order:
        bench.spark.sql(f"CALL glue_catalog.system.{calls[step]}").collect()
        if step != order[-1]:
            _upkeep(bench).run(managed=True)  # they keep snapshots for longer than maintenance waits
    assert bench.run().objects == 0
    bench.put_json({"id": "new", "version": 1})
    assert bench.run().objects == 1
    assert len(bench.rows()) == 7


def test_run_refuses_to_start_anew_when_nothing_names_the_state(bench: Bench) -> None:
    rows = bench.rows()
    for _ in range(2):  # twice, without anybody who notes the state in between
        bench.spark.sql(
            f"CALL glue_catalog.system.rewrite_data_files(table => '{bench.dataset.silver_table}', "
            "options => map('rewrite-all', 'true'))"
        ).collect()
    bench.spark.sql(f"CALL glue_catalog.system.expire_snapshots('{bench.dataset.silver_table}', {ALL[:0]}"
                    "TIMESTAMP '2999-01-01 00:00:00', 1)").collect()  # fmt: skip
    with pytest.raises(StateError, match="no snapshot and no note names the state"):
        bench.run()
    assert bench.rows() == rows


def test_note_of_a_commit_that_was_rolled_back_counts_for_nothing(bench: Bench) -> None:
    table = Table(bench.spark.newSession(), bench.dataset.silver_table)
    before = table.history()[1].id
    keep_state(table, table.history())
    bench.spark.sql(
        f"CALL glue_catalog.system.rollback_to_snapshot('{bench.dataset.silver_table}', {before})"
    ).collect()
    assert len(bench.rows()) == 5
    assert bench.run().objects == 1
    assert len(bench.rows()) == 6


def test_expiry_keeps_every_version_that_was_current_since_the_window_began(bench: Bench) -> None:
    log = bench.table(f"{bench.dataset.silver_table}.history").orderBy("made_current_at")
    times = [row[0] for row in log.selectExpr("unix_millis(made_current_at)").collect()]
    versions = [row["snapshot_id"] for row in log.collect()]
    between = datetime.fromtimestamp((times[3] + times[4]) / 2000, UTC)
    oldest = versions[0]
    bench.spark.sql(
        f"ALTER TABLE glue_catalog.{bench.dataset.silver_table} CREATE TAG audited AS OF VERSION {oldest}"
    )
    assert _procedures(bench).expire(between, 1) == 2  # the tagged one and the one current `between` stay
    left = {row["snapshot_id"] for row in bench.table(f"{bench.dataset.silver_table}.snapshots").collect()}
    assert left == {oldest, *versions[3:]}
    seen = bench.spark.newSession().read.option("as-of-timestamp", str(int(between.timestamp() * 1000)))
    assert seen.table(f"glue_catalog.{bench.dataset.silver_table}").count() == 4
    by_tag = bench.spark.newSession().read.option("tag", "audited")
    assert by_tag.table(f"glue_catalog.{bench.dataset.silver_table}").count() == 1


def test_newest_snapshots_stay_however_old(bench: Bench) -> None:
    assert _procedures(bench).expire(datetime.now(UTC), 5) == 1
    assert _procedures(bench).expire(datetime.now(UTC), 5) == 0
    assert bench.snapshots() == 5


def test_orphans_go_and_nothing_else(bench: Bench, spark: Any) -> None:
    sibling = f"{bench.dataset.silver_table}_more"
    spark.sql(f"CREATE TABLE glue_catalog.{sibling} (id int) USING iceberg")
    spark.sql(f"INSERT INTO glue_catalog.{sibling} VALUES (1)")  # noqa: S608
    folder = _folder(bench)
    orphans = {folder / "data" / "killed.parquet", folder / "metadata" / "killed-m0.avro"}
    in_progress = folder / "data" / "in-progress.parquet"
    neighbours = {
        folder.parent / "_state" / "run.json",
        folder.with_name(f"{folder.name}_more") / "data" / "x",
    }
    for path in {*orphans, *neighbours}:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    _age(path for path in folder.parent.rglob("*") if path.is_file())
    in_progress.write_bytes(b"x")
    live = {path for path in folder.parent.rglob("*") if path.is_file()} - orphans
    before = _cells(bench.table(bench.dataset.silver_table))

    upkeep = _upkeep(bench, snapshot_days=30)
    assert upkeep._delete_orphans() == 2
    checksums = {path for path in live if path.name.startswith(".")}  # Hadoop's, of files it deletes
    assert live - checksums <= {path for path in folder.parent.rglob("*") if path.is_file()}
    assert not any(path.exists() for path in orphans)
    assert _cells(bench.table(bench.dataset.silver_table)) == before
    assert bench.table(sibling).count() == 1
    assert upkeep._delete_orphans() == 0


def test_run_that_is_still_going_keeps_its_branch_and_files(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch = _kill_before_publishing(bench, monkeypatch)
    assert _upkeep(bench).run(managed=False)["branches_dropped"] == []
    prepared = bench.spark.newSession().read.option("branch", branch)
    assert prepared.table(f"glue_catalog.{bench.dataset.silver_table}").count() == 6
    assert bench.run().objects == 1
    assert bench.rows()[0]["version"] == 9


def test_branch_of_a_killed_run_goes_when_no_run_can_be_that_old(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch = _kill_before_publishing(bench, monkeypatch)
    assert _procedures(bench).drop_branches(LATER) == [branch]
    assert _procedures(bench).drop_branches(LATER) == []
    assert bench.run().objects == 1


def test_branch_without_commits_is_as_old_as_what_came_after_it(bench: Bench) -> None:
    bench.spark.sql(f"ALTER TABLE glue_catalog.{bench.dataset.silver_table} CREATE BRANCH lake_run")
    made = datetime.now(UTC)
    assert _procedures(bench).drop_branches(LATER) == []
    bench.put_json({"id": "new", "version": 1})
    bench.run()
    assert _procedures(bench).drop_branches(made) == []
    assert _procedures(bench).drop_branches(LATER) == ["lake_run"]


def _kill_before_publishing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> str:
    bench.put_json({"id": "k0", "version": 9})

    def killed(*_: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Table, "_write", killed)
        with pytest.raises(KeyboardInterrupt):
            bench.run()
    refs: set[str] = {row["name"] for row in bench.table(f"{bench.dataset.silver_table}.refs").collect()}
    [branch] = refs - {"main"}
    assert branch.startswith("lake_run_")
    return branch


STEPS = [
    *((Procedures, step) for step in ("drop_branches", "compact", "join_manifests", "expire")),
    *((Procedures, step) for step in ("orphans", "remove_orphans")),
    (LocalStorage, "remove"),
]


@pytest.mark.parametrize(("owner", "step"), STEPS, ids=[step for _, step in STEPS])
def test_maintenance_that_was_killed_is_made_up_for_by_the_next_one(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, owner: type, step: str
) -> None:
    orphan = _folder(bench) / "data" / "killed.parquet"
    orphan.write_bytes(b"x")
    _age(iter([orphan, *Path(bench.dataset.state_location).iterdir()]))
    before, real = _cells(bench.table(bench.dataset.silver_table)), getattr(owner, step)

    def killed(*args: Any) -> Any:
        real(*args)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(owner, step, killed)
        with pytest.raises(KeyboardInterrupt):
            _upkeep(bench).run(managed=False)
    assert _cells(bench.table(bench.dataset.silver_table)) == before
    _upkeep(bench).run(managed=False)
    assert _cells(bench.table(bench.dataset.silver_table)) == before
    assert (_files(bench), orphan.exists()) == (1, False)
    assert bench.snapshots() <= 3  # what was current when maintenance began stays until the next time
    bench.put_json({"id": "new", "version": 1})
    assert bench.run().objects == 1


def test_states_go_unless_a_snapshot_or_a_run_may_name_them(bench: Bench) -> None:
    folder = Path(bench.dataset.state_location)
    leftovers = [folder / "killed-long-ago.json", folder / "killed-now.json"]
    for path in leftovers:
        path.write_text("{}")
    _age(path for path in folder.iterdir() if path != leftovers[1])
    bench.put_json({"id": "k0", "version": 2})  # replaces a row: prepared on a branch, so two snapshots
    bench.run()
    _age(path for path in folder.glob("run-7-*"))
    assert _upkeep(bench, snapshots_min=5).run(managed=False)["states_deleted"] == 6
    names = _states(bench)
    assert leftovers[1].name in names
    assert {name.rpartition("-")[0] for name in names - {leftovers[1].name}} == {"run-6", "run-7"}
    assert bench.run().objects == 0


def test_managed_table_keeps_its_files_and_snapshots(bench: Bench) -> None:
    _age(Path(bench.dataset.state_location).iterdir())
    files, snapshots = _files(bench), bench.snapshots()
    done = _upkeep(bench).run(managed=True)
    assert done == {"branches_dropped": [], "states_deleted": 0}
    assert (_files(bench), bench.snapshots(), len(_states(bench))) == (files, snapshots, 6)


def test_rejected_records_go_when_their_objects_have_expired_and_no_day_sooner(
    make_bench: MakeBench,
) -> None:
    bench = make_bench(ORDER, rules={"id": {"required": True}})
    for day in range(3):
        bench.put(b'{"version": 1}\n', hour=24 * day + 5)
    bench.run()
    now = datetime(2026, 3, 1, 0, 0, tzinfo=UTC)
    kept = (now.date() - date(2026, 1, 2)).days
    table = bench.dataset.quarantine_table
    for retention, left in ((kept + 1, 3), (kept, 2), (kept, 2), (None, 2)):
        done = _upkeep(bench, table, retention_days=retention, now=now).run(managed=True)
        assert bench.table(table).count() == left, done
    assert min(row["ingest_date"] for row in bench.table(table).collect()) == date(2026, 1, 2)


def test_texts_of_rejected_records_go_before_the_records(make_bench: MakeBench) -> None:
    bench = make_bench(ORDER, rules={"id": {"required": True}})
    for day in range(2):
        bench.put(b'{"version": 1}\n', hour=24 * day)
    bench.run()
    table, now = bench.dataset.quarantine_table, datetime(2026, 3, 1, tzinfo=UTC)
    before = bench.rejected()
    days = (now.date() - date(2026, 1, 2)).days
    for removed in (True, False):
        done = _upkeep(bench, table, now=now, rejected_text_days=days).run(managed=True)
        assert done["texts_removed"] is removed
    assert bench.rejected() == [{**before[0], "raw": None}, before[1]]
    assert before[0]["raw"] == before[1]["raw"] == '{"version": 1}'


def test_results_go_when_they_are_old(make_bench: MakeBench) -> None:
    bench = make_bench(ORDER)
    bench.put_json({"id": "a", "version": 1})
    bench.run()
    table, now = bench.dataset.results_table, datetime.now(UTC)
    count = len(bench.results())
    for days, limit, left in ((3, 3, count), (4, 3, 0), (4, None, 0)):
        upkeep = _upkeep(bench, table, now=now + timedelta(days=days), results_days=limit)
        done = upkeep.run(managed=True)
        assert len(bench.results()) == left, (days, done)
    assert count > 1


def test_table_without_rows_has_nothing_to_maintain(make_bench: MakeBench) -> None:
    bench = make_bench(ORDER)
    done = _upkeep(bench).run(managed=False)
    assert not any(done.values())
    assert bench.snapshots() == 0


def test_compaction_gives_up_when_a_writer_is_faster(bench: Bench) -> None:
    """Deletes go on while files are joined; each replaces a file that compaction has read."""
    for _ in range(5):
        stop = threading.Event()
        deleting = threading.Thread(target=_delete_until, args=(bench, stop))
        deleting.start()
        try:
            _procedures(bench).compact()
        except OutrunError:
            break
        finally:
            stop.set()
            deleting.join()
        _refill(bench)
    else:
        pytest.fail("no delete was faster than compaction in five tries")
    assert _upkeep(bench).run(managed=False)["files_compacted"] is not None
    assert bench.run().objects == 0


def _delete_until(bench: Bench, stop: threading.Event) -> None:
    session = bench.spark.newSession()
    for number in range(6):
        if stop.is_set():
            return
        session.sql(f"DELETE FROM glue_catalog.{bench.dataset.silver_table} WHERE id = 'k{number}'")  # noqa: S608


def _refill(bench: Bench) -> None:
    for number in range(6):
        bench.put_json({"id": f"k{number}", "version": 5 + bench.runs})
        bench.run()
