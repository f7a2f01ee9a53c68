"""Without `order_by` what came last wins, by object and position in it: on both carriers."""

import json
from typing import Any

import pytest

from tests.unit.glue_scripts.carriers import Carrier, deploy
from tests.unit.glue_scripts.datasets import PLAIN

FIELDS = [{**PLAIN, "name": name, "type": "string", "required": True} for name in ("id", "word")]
WORDS = ("one", "two", "three", "four")
"""Whose hashes come in another order than they do."""


def _make(carrier: Carrier, **options: Any) -> Any:
    bench = carrier.make(**options)
    deploy(carrier, bench, {"fields": FIELDS})
    return bench


def _put(bench: Any, hour: int, *words: str) -> None:
    lines = "".join(json.dumps({"id": "a", "word": word}) + "\n" for word in words)
    bench.put(lines.encode(), hour=hour)


def _word(bench: Any) -> str:
    [row] = bench.rows()
    return str(row["word"])


@pytest.mark.parametrize(("write", "winner"), [("merge", "four"), ("overwrite", "four"), ("append", "one")])
def test_record_that_came_last_in_an_object_wins_and_the_first_one_under_append(
    carrier: Carrier, write: str, winner: str
) -> None:
    bench = _make(carrier, write=write)
    _put(bench, 0, *WORDS)
    assert bench.run().counts.superseded == 3
    assert _word(bench) == winner


@pytest.mark.parametrize("hours", [(0, 1, 2), (2, 1, 0)])
def test_last_object_wins_in_whatever_order_objects_come(carrier: Carrier, hours: tuple[int, ...]) -> None:
    bench = _make(carrier)
    for hour in hours:
        _put(bench, hour, WORDS[hour])
        bench.run()
    assert _word(bench) == "three"


def test_content_that_comes_back_wins_again(carrier: Carrier) -> None:
    bench = _make(carrier)
    for hour, word in enumerate(("one", "two", "one")):
        _put(bench, hour, word)
        bench.run()
    assert _word(bench) == "one"
    _put(bench, 3, "two")
    bench.run()
    assert _word(bench) == "two"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_first_row_stays_under_append_once_it_is_there(carrier: Carrier, order: tuple[int, int]) -> None:
    bench = _make(carrier, write="append")
    for hour in order:
        _put(bench, hour, WORDS[hour])
        bench.run()
    assert _word(bench) == WORDS[order[0]]


def test_order_of_the_contract_comes_before_places(carrier: Carrier) -> None:
    bench = _make(carrier, order_by=["id"])
    deploy(carrier, bench, {"order_by": ["word"]})
    for hour, word in enumerate(("b", "c", "a")):
        _put(bench, hour, word)
        bench.run()
    assert _word(bench) == "c"
