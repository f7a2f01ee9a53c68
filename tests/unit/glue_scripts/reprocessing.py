"""Random histories of a dataset: objects come, its contract changes, runs are killed, objects are requested.

In the end everything is processed again, after which the tables must be those of a fresh build.
"""

import csv
import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.unit.glue_scripts.carriers import Carrier, Row, deploy, run
from tests.unit.glue_scripts.datasets import PLAIN

FORMATS = ["json", "csv", "parquet"]
_ID, _PART, _AMOUNT, _EMAIL, _NOTE, _STATE = "id", "part", "amount", "email", "note", "state"
_LATEST = datetime(2026, 1, 21)
"""When requests are made, which is later than any object."""


def examples(shipped: int) -> settings:
    """Return how many histories there are: so many, or what LAKE_REPLAYS says."""
    return settings(
        max_examples=int(os.environ.get("LAKE_REPLAYS", shipped)), derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )  # fmt: skip


@dataclass(frozen=True)
class Contract:
    """What differs between two versions of the contract."""

    masking: str | None = None
    has_note: bool = False
    wide: bool = False
    """Whether amounts are long."""
    minimum: int | None = None
    states: tuple[str, ...] | None = None
    required: bool = False
    order_by: tuple[str, ...] = ("version",)
    key: tuple[str, ...] = (_ID,)
    unknown_fields: str = "ignore"
    null_token: str | None = None

    def over(self, former: "Contract") -> "Contract":
        """Return this contract with what a table of the former one does not give up."""
        return replace(self, has_note=self.has_note or former.has_note, wide=self.wide or former.wide)

    def document(self, bronze: Mapping[str, Any]) -> Row:
        """Return it as a manifest has it."""
        number = "long" if self.wide else "int"
        allowed = None if self.states is None else list(self.states)
        fields = [
            _field(_ID, "string", required=True),
            _field(_PART, "int", required=True),
            _field("version", number),
            _field(_AMOUNT, number, required=self.required, checks=_given(minimum=self.minimum)),
            _field(_EMAIL, "string", masking=self.masking),
            _field(_STATE, "string", checks=_given(allowed=allowed)),
            *([_field(_NOTE, "string")] if self.has_note else []),
        ]
        return {
            "fields": fields,
            "key": list(self.key),
            "order_by": list(self.order_by),
            "unknown_fields": self.unknown_fields,
            "bronze": {**bronze, "null_token": self.null_token},
        }


def _field(name: str, kind: str, **more: Any) -> Row:
    return {**PLAIN, "name": name, "type": kind, **more}


def _given(**rules: Any) -> Row:
    return {name: value for name, value in rules.items() if value is not None}


@dataclass(frozen=True)
class Put:
    """An object comes, perhaps to an hour that runs no longer list."""

    records: list[Row]
    hour: int
    damaged: bool


@dataclass(frozen=True)
class Deploy:
    """The contract changes, and tables with it."""

    contract: Contract


@dataclass(frozen=True)
class Run:
    """A run, which may be killed before one of its effects."""

    killed_before: int | None = None


@dataclass(frozen=True)
class Ask:
    """Objects are requested, by numbers that are taken round and round."""

    numbers: tuple[int, ...]


Step = Put | Deploy | Run | Ask


@dataclass(frozen=True)
class History:
    """Steps, and how everything is processed again in the end."""

    write: str
    chunk_bytes: int
    """Bytes of a commit, where the carrier has a limit."""
    steps: list[Step]
    contract: Contract
    by_name: bool
    """Whether all objects are named in the end."""
    killed_before: int | None


def _mostly(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


_records = st.fixed_dictionaries(
    {
        _ID: _mostly("a", "b", "c", "a", "b", None),
        _PART: _mostly(0, 1),
        "version": _mostly(None, 1, 2, 3),
        _AMOUNT: _mostly(-5, 3, 70, 3_000_000_000, "x", None),
        _EMAIL: _mostly("ada@example.com", "bob@example.com", None),
        _STATE: _mostly("new", "old", "odd", "NA", None),
        _NOTE: _mostly("seen", "NA", None),
    }
)
_kills = st.one_of(st.none(), st.integers(1, 12))
_KEYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "merge": ((_ID,), (_ID,), (_ID, _PART)),
    "append": ((_ID,), (_ID, _PART), (), ()),
}


def _contracts(write: str) -> st.SearchStrategy[Contract]:
    return st.builds(
        Contract,
        masking=_mostly(None, "hash", "redact"),
        has_note=st.booleans(),
        wide=st.booleans(),
        minimum=_mostly(None, 0, -10),
        states=_mostly(None, ("new", "old"), ("new", "odd")),
        required=st.booleans(),
        order_by=_mostly((), ("version",), ("version", _AMOUNT), (_AMOUNT,)),
        key=_mostly(*_KEYS[write]),
        unknown_fields=_mostly("ignore", "ignore", "reject"),
        null_token=_mostly(None, "NA"),
    )


_puts = st.builds(
    Put, st.lists(_records, min_size=1, max_size=5), st.integers(0, 60), _mostly(False, False, False, True)
)
_asks = st.lists(st.integers(0, 9), min_size=1, max_size=3).map(lambda numbers: Ask(tuple(numbers)))


def histories(longest: int) -> st.SearchStrategy[History]:
    """Return histories of so many steps at most."""
    return _mostly("merge", "append").flatmap(lambda write: _histories(write, longest))


def _histories(write: str, longest: int) -> st.SearchStrategy[History]:
    contracts = _contracts(write)
    steps = st.one_of(_puts, _puts, st.builds(Deploy, contracts), st.builds(Run, _kills), _asks)
    return st.builds(
        History,
        write=st.just(write),
        chunk_bytes=_mostly(1, 2**20),
        steps=st.lists(steps, min_size=1, max_size=longest).map(lambda some: [*some[:1], Run(), *some[1:]]),
        contract=contracts,
        by_name=st.booleans(),
        killed_before=_kills,
    )


def replay(history: History, kind: str, carrier: Carrier, bench: Any) -> list[Contract]:
    """Let a history happen, and process everything again.

    Returns:
        A contract of the table as it is now, and the last one, which may be narrower.
    """
    widest, paths = Contract(), list[Path]()
    for number, step in enumerate([*history.steps, Deploy(history.contract)]):
        match step:
            case Put():
                content = _damaged(kind) if step.damaged else _ENCODED[kind](step.records)
                paths.append(bench.put(content, f"o{number}.{kind}", hour=step.hour))
            case Deploy():
                widest = step.contract.over(widest)
                deploy(carrier, bench, step.contract.document(bench.document["bronze"]))
            case Run():
                run(carrier, bench, step.killed_before)
            case Ask() if paths:
                chosen = {paths[each % len(paths)] for each in step.numbers}
                request(bench, *chosen, name=f"{number}")
    request(bench, *paths, name="last", everything=not history.by_name)
    run(carrier, bench, history.killed_before)
    run(carrier, bench, None)
    return [widest, history.contract]


def request(
    bench: Any, *paths: Path, at: datetime = _LATEST, name: str = "r", everything: bool = False
) -> Path:
    """Ask for objects, or for all, in the partition of an hour."""
    bronze = Path(bench.dataset.bronze.location.removeprefix("file:"))
    folder = Path(bench.dataset.requests_location.removeprefix("file:"))
    place = folder / f"ingest_date={at:%Y-%m-%d}/ingest_hour={at:%H}/{name}.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    names = "all" if everything else [str(path.relative_to(bronze)) for path in paths]
    place.write_text(json.dumps({"objects": names}))
    return place


def _json(records: list[Row]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def _csv(records: list[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().encode()


def _parquet(records: list[Row]) -> bytes:
    amounts = [record[_AMOUNT] for record in records]
    texts = any(isinstance(amount, str) for amount in amounts)
    kinds = {_PART: pa.int32(), "version": pa.int64(), _AMOUNT: pa.string() if texts else pa.int64()}
    columns = {name: [record[name] for record in records] for name in records[0]}
    if texts:
        columns[_AMOUNT] = [None if amount is None else str(amount) for amount in amounts]
    arrays = {name: pa.array(values, kinds.get(name, pa.string())) for name, values in columns.items()}
    target = io.BytesIO()
    pq.write_table(pa.table(arrays), target)
    return target.getvalue()


def _damaged(kind: str) -> bytes:
    return {"json": b'{"id": "a", \n{"id": 1}\n', "csv": b'id,part\na,"0\n', "parquet": b"no Parquet"}[kind]


_ENCODED = {"json": _json, "csv": _csv, "parquet": _parquet}
