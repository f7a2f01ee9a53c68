"""A table that is wider than its contract, as after a roll-back, is written all the same."""

import json
import re
from typing import Any

import pytest
from lakehouse_etl.tables.history import TableError

from tests.unit.glue_scripts.carriers import Carrier, deploy
from tests.unit.glue_scripts.datasets import PLAIN
from tests.unit.glue_scripts.reprocessing import request


def _struct(**members: Any) -> dict[str, Any]:
    fields = [{"id": 0, "name": name, "type": kind, "required": False} for name, kind in members.items()]
    return {"type": "struct", "fields": fields}


def _list(kind: Any) -> dict[str, Any]:
    return {"type": "list", "element-id": 0, "element": kind, "element-required": False}


def _map(kind: Any) -> dict[str, Any]:
    return {
        "type": "map", "key-id": 0, "key": "string", "value-id": 0, "value": kind, "value-required": False
    }  # fmt: skip


NARROW, WIDE = _struct(a="int"), _struct(b="string", a="long")
FORMER = {"number": "int", "version": "int", "place": NARROW, "places": _list(NARROW), "named": _map(NARROW)}
LATER = {
    "number": "long", "version": "long", "place": WIDE, "places": _list(WIDE), "named": _map(WIDE),
    "note": "string",
}  # fmt: skip


def _fields(kinds: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {**PLAIN, "name": name, "type": kind, "required": name == "number"} for name, kind in kinds.items()
    ]


def _put(bench: Any, *rows: tuple[int, int, int]) -> Any:
    records = []
    for number, version, a in rows:
        place = {"a": a, "b": "there"}
        nested = {"place": place, "places": [place, None], "named": {"x": place}}
        records.append({"number": number, "version": version, **nested, "note": "seen"})
    return bench.put("".join(json.dumps(record) + "\n" for record in records).encode())


def _row(number: int, version: int, a: int, b: str | None = None, note: str | None = None) -> dict[str, Any]:
    place = {"b": b, "a": a}
    return {
        "number": number, "version": version, "place": place, "places": [place, None],
        "named": {"x": place}, "note": note,
    }  # fmt: skip


@pytest.fixture
def rolled_back(carrier: Carrier, capsys: pytest.CaptureFixture[str]) -> Any:
    """A table of the later contract with two rows, while the former contract is in force again."""
    bench = carrier.make(key=["number"], order_by=["version"])
    deploy(carrier, bench, {"fields": _fields(LATER)})
    _put(bench, (1, 1, 5_000_000_000), (2, 1, 7))
    bench.run()
    capsys.readouterr()
    bench.contract(fields=_fields(FORMER))
    return bench


def _silver(carrier: Carrier, bench: Any) -> list[dict[str, Any]]:
    rows = [
        {name: _plain(row[name]) for name in LATER}
        for row in carrier.content(bench, bench.dataset.silver_table)
    ]
    return sorted(rows, key=lambda row: row["number"])


def _plain(value: Any) -> Any:
    """Return a map as both carriers may show it."""
    return dict(value) if isinstance(value, list) and value and isinstance(value[0], tuple) else value


def test_rows_are_added_and_replaced_with_null_where_the_contract_has_nothing(
    carrier: Carrier, rolled_back: Any
) -> None:
    _put(rolled_back, (2, 2, 8), (3, 1, 9))
    rolled_back.run()
    assert _silver(carrier, rolled_back) == [
        _row(1, 1, 5_000_000_000, "there", "seen"), _row(2, 2, 8), _row(3, 1, 9)
    ]  # fmt: skip


def test_run_tells_what_the_table_has_beyond_its_contract(
    rolled_back: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    rolled_back.run()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "table_is_wider" in line]
    assert [line["table_is_wider"] for line in lines] == [
        [
            "id: string, which the contract lacks",
            "note: string, which the contract lacks",
            "number: long, where the contract has int",
            "version: long, where the contract has int",
            "place: struct<b:string, a:long>, where the contract has struct<a:int>",
            "places: array<struct<b:string, a:long>>, where the contract has array<struct<a:int>>",
            "named: map<string, struct<b:string, a:long>>, where the contract has map<string, struct<a:int>>",
        ]
    ]


def test_columns_come_back_with_their_values_when_everything_is_reprocessed_under_the_later_contract(
    carrier: Carrier, rolled_back: Any
) -> None:
    _put(rolled_back, (3, 1, 9))
    rolled_back.run()
    deploy(carrier, rolled_back, {"fields": _fields(LATER)})
    request(rolled_back, everything=True)
    rolled_back.run()
    assert _silver(carrier, rolled_back)[2] == _row(3, 1, 9, "there", "seen")


@pytest.mark.parametrize(
    ("kinds", "fault"),
    [
        ({**LATER, "version": "string"}, "version: got long; expected string"),
        ({**LATER, "place": _struct(c="int")}, "place: got struct<b:string, a:long>; expected struct<c:int>"),
        (
            {**LATER, "places": _list("int")},
            "places: got array<struct<b:string, a:long>>; expected array<int>",
        ),
    ],
)
def test_table_that_has_no_place_for_values_is_refused(
    rolled_back: Any, kinds: dict[str, Any], fault: str
) -> None:
    rolled_back.contract(fields=_fields(kinds))
    with pytest.raises(TableError, match=re.escape(fault)):
        rolled_back.run()
