"""What the datasets of a run measured is recorded in one commit, however the run ends."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from lakehouse_etl.native.results import Results, write
from lakehouse_etl.quality.ledger import Ledger
from lakehouse_etl.quality.rows import KEPT, Row
from lakehouse_etl.tables import columns
from lakehouse_etl.tables.history import RUN_ID

from tests.unit.glue_scripts.native.bench import schema_of
from tools.bench.native.file_catalog import FileCatalog

TABLE = "results.shop"
GATE = Row("rejected_ratio", "gate", "error", "passed", 0.0, "≤ 1")
NAMES = [f"shop/{number}" for number in range(8)]


@pytest.fixture
def catalog(tmp_path: Path) -> FileCatalog:
    catalog = FileCatalog(tmp_path)
    catalog.make_table(TABLE, schema_of(columns.RESULTS))
    return catalog


def _datasets(catalog: FileCatalog) -> Sequence[str]:
    rows = catalog.load_table(TABLE).scan().to_arrow()
    return sorted(rows["dataset"].to_pylist())


def test_datasets_that_measure_side_by_side_are_recorded_in_one_commit(catalog: FileCatalog) -> None:
    with Ledger("run-1", partial(write, catalog)) as ledger:

        def measure(name: str) -> None:
            Results(catalog, TABLE, name, "run-1", ledger).append([GATE, GATE])

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(measure, NAMES))
        assert catalog.load_table(TABLE).current_snapshot() is None
    assert _datasets(catalog) == sorted([*NAMES, *NAMES])
    [snapshot] = catalog.load_table(TABLE).snapshots()
    assert snapshot.summary is not None
    told = snapshot.summary.additional_properties
    assert (told[RUN_ID], KEPT in told) == ("run-1", False)


def test_every_dataset_is_known_to_have_kept_its_rules(catalog: FileCatalog) -> None:
    with Ledger("run-1", partial(write, catalog)) as ledger:
        for number, name in enumerate(NAMES):
            Results(catalog, TABLE, name, "run-1", ledger).append_passed([GATE], number, ())
    known = [
        [other for other in range(len(NAMES)) if Results(catalog, TABLE, name, "x").have_passed(other, ())]
        for name in NAMES
    ]
    assert known == [[number] for number in range(len(NAMES))]


def test_run_that_fails_records_what_it_has_measured(catalog: FileCatalog) -> None:
    def fail() -> None:
        with Ledger("run-1", partial(write, catalog)) as ledger:
            Results(catalog, TABLE, "shop/a", "run-1", ledger).append([GATE])
            raise RuntimeError("the gate is shut")

    with pytest.raises(RuntimeError, match="gate"):
        fail()
    assert _datasets(catalog) == ["shop/a"]


def test_run_that_measured_nothing_commits_nothing(catalog: FileCatalog) -> None:
    with Ledger("run-1", partial(write, catalog)):
        pass
    assert catalog.load_table(TABLE).current_snapshot() is None


def test_each_append_is_a_commit_where_there_is_no_ledger(catalog: FileCatalog) -> None:
    results = Results(catalog, TABLE, "shop/a", "run-1")
    results.append([GATE])
    results.append_passed([GATE], 7, ())
    assert len(catalog.load_table(TABLE).snapshots()) == 2
    assert Results(catalog, TABLE, "shop/a", "x").have_passed(7, ())
