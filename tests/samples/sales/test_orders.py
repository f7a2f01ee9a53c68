"""Events of orders have all the trouble that a lake must cope with."""

import json
from collections import Counter
from datetime import datetime
from decimal import Decimal

from local.samples.sales import expected_orders, orders


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
