"""Random stories of a replica: files of changes and loads come, its contract changes, files are requested."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal as Number
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from pyspark.sql import SparkSession

from lakehouse.model.dataset import Dataset
from lakehouse.model.fields import Checks, Decimal, Field, Scalar
from lakehouse.model.masking import HASH
from lakehouse.targets.glue import hive_type
from tests.unit.glue_scripts.reprocessing import request
from tests.unit.glue_scripts.silver.replica_bench import ReplicaBench, replicated
from tools.records.source_table import LOADED, Change

START = datetime(2026, 1, 1, 8, tzinfo=UTC)
_ID, _AMOUNT, _NOTE, _SIZE = "id", "amount", "note", "size"
_KEYS = ("a", "b", "cc")


@dataclass(frozen=True)
class Terms:
    """What differs between two versions of the contract."""

    masked_key: bool = False
    masked_note: bool = False
    minimum: int | None = None
    longest_key: int | None = None
    has_size: bool = False
    wide: bool = False

    def after(self, former: "Terms") -> "Terms":
        """Return these terms with what no table gives up."""
        return replace(self, has_size=self.has_size or former.has_size, wide=self.wide or former.wide)

    def fields(self) -> tuple[Field, ...]:
        """Columns of the contract."""
        key = Field(
            _ID, Scalar.STRING, True, "", masking=HASH if self.masked_key else None,
            checks=Checks(max_length=self.longest_key),
        )  # fmt: skip
        amount = Field(
            _AMOUNT, Scalar.LONG if self.wide else Scalar.INT, False, "", checks=Checks(minimum=self.minimum)
        )
        note = Field(_NOTE, Scalar.STRING, False, "", masking=HASH if self.masked_note else None)
        return (key, amount, note, *([Field(_SIZE, Decimal(9, 2), False, "")] if self.has_size else []))


WRITTEN = (
    Field(_ID, Scalar.STRING, False, ""),
    Field(_AMOUNT, Scalar.LONG, False, ""),
    Field(_NOTE, Scalar.STRING, False, ""),
    Field(_SIZE, Decimal(9, 2), False, ""),
)
"""Columns of every file, whatever the contract knows of them."""


@dataclass(frozen=True)
class File:
    """A file comes."""

    changes: tuple[Change, ...]
    load: bool


@dataclass(frozen=True)
class Story:
    """Files, contracts, runs and requests, and before which effect the last run is killed."""

    steps: Sequence["File | Terms | int | None"]
    """An int asks for a file by its number, None is a run."""
    killed_before: int | None


def _change(*, at: int, number: int, operation: str, key: str, former: str, amount: int, note: str) -> Change:
    row = {_ID: key} if operation == "D" else _row(key, amount, note)
    before = {_ID: former} if operation == "U" else {}
    return Change(operation, row, START + timedelta(minutes=at), f"{number:035}", before)


def _row(key: str, amount: int, note: str) -> dict[str, Any]:
    return {_ID: key, _AMOUNT: amount, _NOTE: note, _SIZE: Number(amount % 1000) / 100}


_keys, _amounts, _notes = (
    st.sampled_from(_KEYS),
    st.sampled_from((-5, 3, 3_000_000_000)),
    st.sampled_from("xy"),
)
_changes = st.builds(
    _change,
    at=st.integers(0, 5),
    number=st.integers(1, 9),
    operation=st.sampled_from("IUUD"),
    key=_keys,
    former=_keys,
    amount=_amounts,
    note=_notes,
)
_files = st.builds(File, st.lists(_changes, min_size=1, max_size=5).map(tuple), st.just(False))


def _loaded(at: int, rows: dict[str, int]) -> File:
    time = START + timedelta(minutes=at)
    return File(
        tuple(Change("I", _row(key, amount, "l"), time, LOADED) for key, amount in rows.items()), True
    )


_loads = st.builds(_loaded, st.integers(1, 4), st.dictionaries(_keys, _amounts, min_size=1))
_terms = st.builds(
    Terms,
    masked_key=st.booleans(),
    masked_note=st.booleans(),
    minimum=st.sampled_from((None, 0)),
    longest_key=st.sampled_from((None, None, 1)),
    has_size=st.booleans(),
    wide=st.booleans(),
)


def stories() -> st.SearchStrategy[Story]:
    """Return stories of a few steps; the last one is a contract."""
    steps = st.one_of(_files, _files, _loads, _terms, st.none(), st.integers(0, 9))
    several = st.tuples(_files, st.just(None), st.lists(steps, max_size=6), _terms)
    return st.builds(
        Story,
        several.map(lambda parts: [parts[0], parts[1], *parts[2], parts[3]]),
        st.one_of(st.none(), st.integers(1, 16)),
    )


class ChangingReplica:
    """A replica whose contract changes, and its tables with it."""

    def __init__(self, spark: SparkSession, folder: Path, name: str) -> None:
        """Make the tables under the first contract."""
        self._terms = Terms()
        self._paths: list[Path] = []
        self._asked = 0
        self.bench = ReplicaBench(spark, folder, self._contract(name))

    def happen(self, step: File | Terms | int | None) -> None:
        """Let a step of a story happen."""
        match step:
            case File(changes, load):
                put = self.bench.put_load if load else self.bench.put
                self._paths.append(put(list(changes), fields=WRITTEN))
            case Terms():
                self._terms = step.after(self._terms)
                self._deploy()
            case None:
                self.run()
            case _:
                self._asked += 1
                path = self._paths[step % len(self._paths)]
                request(self._job, path, name=f"{self._asked}")

    def request(self) -> None:
        """Ask for everything."""
        request(self._job, name="last", everything=True)

    def run(self) -> None:
        """Run the job."""
        self.bench.run()

    def fresh(self) -> "ChangingReplica":
        """Return what a first run makes of the same files under the same contract."""
        made = ChangingReplica(self.bench.spark, self.bench.folder / "fresh", f"{self.bench.dataset.name}_f")
        made._terms = self._terms
        made._deploy()
        bronze = replace(made.bench.job.bronze, location=self.bench.job.bronze.location)
        made.bench.job = replace(made.bench.job, bronze=bronze)
        made.run()
        return made

    def content(self) -> list[list[tuple[Any, ...]]]:
        """All cells of silver, quarantine and the deleted keys, comparable, but for the run's id."""
        job = self.bench.job
        assert job.changes
        names = (job.silver_table, job.quarantine_table, job.changes.deleted_table)
        rows = ([row.asDict() for row in self.bench.table(name).collect()] for name in names)
        return [sorted(_cells(row) for row in of) for of in rows]

    @property
    def _job(self) -> Any:
        return _Requested(self.bench.job)

    def _contract(self, name: str) -> Dataset:
        return replicated(name, self._terms.fields(), (_ID,))

    def _deploy(self) -> None:
        self.bench.deploy(self._contract(self.bench.dataset.name))
        silver = f"glue_catalog.{self.bench.job.silver_table}"
        known = {
            column.name: column.dataType for column in self.bench.table(self.bench.job.silver_table).schema
        }
        for field in self.bench.dataset.fields:
            kind = hive_type(field.type)
            if field.name not in known:
                self.bench.spark.sql(f"ALTER TABLE {silver} ADD COLUMN `{field.name}` {kind}")
            elif known[field.name].simpleString() != kind:
                self.bench.spark.sql(f"ALTER TABLE {silver} ALTER COLUMN `{field.name}` TYPE {kind}")


@dataclass(frozen=True)
class _Requested:
    """What a request is about."""

    dataset: Any


def _cells(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(sorted((name, repr(value)) for name, value in row.items() if name != "run_id"))
