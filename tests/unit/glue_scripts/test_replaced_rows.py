"""Objects that are processed again by request replace what they had put into silver and quarantine."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.unit.glue_scripts.carriers import Carrier, deploy
from tests.unit.glue_scripts.datasets import PLAIN
from tests.unit.glue_scripts.reprocessing import request

DAYS_LATER = 24 * 5


def _fields(**rules: dict[str, Any]) -> list[dict[str, Any]]:
    kinds = {"id": "string", "version": "int", "amount": "int", "email": "string"}
    given = {"id": {"required": True}, **rules}
    return [{**PLAIN, "name": name, "type": kind, **given.get(name, {})} for name, kind in kinds.items()]


def _make(carrier: Carrier, **options: Any) -> Any:
    bench = carrier.make(order_by=[], **options)
    deploy(carrier, bench, {"fields": _fields(), "order_by": ["version"]})
    return bench


def _order(key: str, version: int = 1, amount: int = 1, email: str = "ada@example.com") -> dict[str, Any]:
    return {"id": key, "version": version, "amount": amount, "email": email}


def _kept(bench: Any, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in bench.rows()]


def test_mask_that_is_added_later_reaches_rows_that_exist(carrier: Carrier) -> None:
    bench = _make(carrier)
    path = bench.put_json(_order("a"), _order("b"))
    bench.run()
    deploy(carrier, bench, {"fields": _fields(email={"masking": "redact"})})
    request(bench, path)
    result = bench.run()
    assert _kept(bench, "id", "email") == [("a", None), ("b", None)]
    assert (result.counts.accepted, result.counts.superseded) == (2, 0)


def test_column_that_is_added_later_gets_the_values_that_came_before_it(carrier: Carrier) -> None:
    bench = _make(carrier)
    path = bench.put_json({**_order("a"), "note": "seen"})
    bench.run()
    deploy(carrier, bench, {"fields": [*_fields(), {**PLAIN, "name": "note", "type": "string"}]})
    request(bench, path)
    bench.run()
    assert _kept(bench, "id", "note") == [("a", "seen")]


def test_row_goes_when_its_record_is_rejected_now_whatever_else_its_object_holds(carrier: Carrier) -> None:
    bench = _make(carrier, partition={"id": "bucket[4]"})  # so that rows which go lie in files of their own
    path = bench.put_json(*(_order(key, amount=-1) for key in "abcd"), _order("e"))
    bench.put_json(_order("f"))
    bench.run()
    deploy(carrier, bench, {"fields": _fields(amount={"checks": {"minimum": 0}})})
    request(bench, path)
    bench.run()
    assert _kept(bench, "id") == [("e",), ("f",)]
    assert [row["reason"] for row in bench.rejected()] == ["out_of_range"] * 4


def test_rows_go_when_nothing_comes_in_their_place(carrier: Carrier) -> None:
    bench = _make(carrier)
    path = bench.put_json(_order("a", amount=-1))
    bench.run()
    deploy(carrier, bench, {"fields": _fields(amount={"checks": {"minimum": 0}})})
    request(bench, path)
    bench.run()
    assert (bench.rows(), len(bench.rejected())) == ([], 1)
    bench.put_json(_order("b"))
    bench.run()
    assert _kept(bench, "id") == [("b",)]


def test_newer_versions_of_other_objects_stay(carrier: Carrier) -> None:
    bench = _make(carrier)
    path = bench.put_json(_order("a", 1), _order("b", 3), _order("c", 1))
    bench.put_json(_order("a", 2, 7), _order("b", 2, 7))
    bench.run()
    deploy(carrier, bench, {"fields": _fields(email={"masking": "redact"})})
    request(bench, path)
    bench.run()
    assert _kept(bench, "id", "version", "email") == [
        ("a", 2, "ada@example.com"), ("b", 3, None), ("c", 1, None),
    ]  # fmt: skip


def test_row_that_a_requested_object_had_outdone_comes_back_when_its_own_object_is_requested(
    carrier: Carrier,
) -> None:
    bench = _make(carrier)
    older = bench.put_json(_order("a", 1))
    newer = bench.put_json(_order("a", 2, amount=-1))
    bench.run()
    deploy(carrier, bench, {"fields": _fields(amount={"checks": {"minimum": 0}})})
    request(bench, newer, name="one")
    bench.run()
    assert bench.rows() == []
    request(bench, older, newer, name="all")
    bench.run()
    assert _kept(bench, "id", "version") == [("a", 1)]


def test_other_order_is_that_of_all_rows_once_everything_is_processed_again(carrier: Carrier) -> None:
    bench = _make(carrier)
    bench.put_json(_order("a", 1, amount=9))
    bench.run()
    bench.put_json(_order("a", 2, amount=3))
    bench.run()
    deploy(carrier, bench, {"order_by": ["amount"]})
    request(bench, everything=True)
    bench.run()
    assert _kept(bench, "version", "amount") == [(1, 9)]


def test_other_key_leaves_one_row_of_each_once_everything_is_processed_again(carrier: Carrier) -> None:
    bench = _make(carrier)
    deploy(carrier, bench, {"fields": _fields(version={"required": True}), "key": ["id", "version"]})
    bench.put_json(_order("a", 1), _order("a", 2))
    bench.run()
    deploy(carrier, bench, {"key": ["id"]})
    request(bench, everything=True)
    bench.run()
    assert _kept(bench, "id", "version") == [("a", 2)]


def test_request_for_everything_takes_objects_that_were_never_listed(carrier: Carrier) -> None:
    bench = _make(carrier)
    bench.put(json.dumps(_order("a")).encode(), hour=DAYS_LATER)
    bench.run()
    bench.put(json.dumps(_order("late")).encode(), "late.json", hour=1)
    request(bench, everything=True)
    assert bench.run().objects == 2
    assert _kept(bench, "id") == [("a",), ("late",)]
    assert bench.run().objects == 0


def test_rows_of_an_object_that_bronze_no_longer_has_stay(carrier: Carrier) -> None:
    bench = _make(carrier)
    gone, kept = bench.put_json(_order("a")), bench.put_json(_order("b"))
    bench.run()
    gone.unlink()
    deploy(carrier, bench, {"fields": _fields(email={"masking": "redact"})})
    request(bench, gone, kept)
    assert bench.run().objects == 1
    assert _kept(bench, "id", "email") == [("a", "ada@example.com"), ("b", None)]


def test_requests_of_one_hour_count_each_on_its_own(carrier: Carrier) -> None:
    bench = _make(carrier)
    path = bench.put_json(_order("a"))
    bench.run()
    for number, masking in enumerate(("redact", None)):
        deploy(carrier, bench, {"fields": _fields(email={"masking": masking})})
        request(bench, path, name=f"request-{number}")
        bench.run()
    assert _kept(bench, "email") == [("ada@example.com",)]


def test_request_of_a_clock_that_is_fast_hides_no_other(carrier: Carrier) -> None:
    bench = _make(carrier)
    path = bench.put_json(_order("a"))
    bench.run()
    now = datetime.now(UTC)
    request(bench, path, name="fast", at=now + timedelta(days=3))
    bench.run()
    deploy(carrier, bench, {"fields": _fields(email={"masking": "redact"})})
    request(bench, path, name="right", at=now)
    bench.run()
    assert _kept(bench, "email") == [(None,)]
