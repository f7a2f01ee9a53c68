"""Events of samples: valid where they say so, faulty as they say, and counted rightly."""

import json

import pytest

from tests.samples.events import Events, contract, every_event, faults


@pytest.fixture(params=every_event(), ids=lambda events: events.dataset)
def events(request: pytest.FixtureRequest) -> Events:
    found: Events = request.param
    return found


def test_samples_are_the_same_when_made_twice(events: Events) -> None:
    make = events.make
    assert make() == make()


def test_samples_differ_when_the_seed_does(events: Events) -> None:
    assert events.make(100) != events.make(100, seed=1)
    assert len(events.make(100)) == 100


def test_samples_are_lines_of_json_with_the_columns_of_the_contract_when_valid(events: Events) -> None:
    make = events.make
    properties = contract(events.dataset)
    for sample in make():
        assert b"\n" not in sample.record
        assert sample.row.keys() == properties.keys()
        if sample.reason is None:
            assert faults(json.loads(sample.record), properties) == []


def test_samples_break_exactly_one_rule_when_they_have_a_reason(events: Events) -> None:
    make = events.make
    properties = contract(events.dataset)
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


def test_expectations_count_every_record_once_when_summed(events: Events) -> None:
    make, expect, key = events.make, events.expect, events.key
    samples = make()
    expected = expect(samples)
    assert expected.records_in == len(samples)
    assert expected.records_in == expected.accepted + sum(expected.rejected.values()) + expected.superseded
    assert expected.accepted == len({sample.row[key] for sample in samples if sample.reason is None})


def test_expectations_end_the_same_when_samples_come_in_two_runs_or_twice(events: Events) -> None:
    make, expect = events.make, events.expect
    samples = make()
    whole = expect(samples)
    first = expect(samples[:1700])
    second = expect(samples[1700:], before=first.rows)
    assert second.rows == whole.rows
    assert 0 < second.accepted < len(samples) - 1700
    again = expect(samples, before=whole.rows)
    assert (again.rows, again.accepted) == (whole.rows, 0)
