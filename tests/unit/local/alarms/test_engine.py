import json
from typing import Any

import pytest

from local.alarms.alarm import CompositeAlarm, MetricAlarm
from local.alarms.datapoints import State
from local.alarms.engine import Engine
from local.alarms.messages import message, subject
from local.alarms.metrics import Datum, Memory, Metric, UnsupportedError

NOON = 1_800_000_000 - 1_800_000_000 % 86400
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"


def alarm(**properties: Any) -> MetricAlarm:
    given = {
        "AlarmName": "late",
        "AlarmDescription": "do something",
        "Namespace": "n",
        "MetricName": "m",
        "Dimensions": [{"Name": "d", "Value": "1"}],
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 5.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": [TOPIC],
        "OKActions": [TOPIC],
    }
    return MetricAlarm.of({**given, **properties})


@pytest.fixture
def store() -> Memory:
    """No data."""
    return Memory()


def put(store: Memory, value: float, at: float, dimension: str = "1") -> None:
    store.put(Metric.of("n", "m", [{"Name": "d", "Value": dimension}]), Datum.of(at, value))


@pytest.mark.parametrize(
    ("comparison", "breaching", "not_breaching"),
    [
        ("GreaterThanThreshold", 5.1, 5),
        ("GreaterThanOrEqualToThreshold", 5, 4.9),
        ("LessThanThreshold", 4.9, 5),
        ("LessThanOrEqualToThreshold", 5, 5.1),
    ],
)
def test_threshold_is_compared_as_the_operator_says(
    store: Memory, comparison: str, breaching: float, not_breaching: float
) -> None:
    engine, watched = Engine(store), alarm(ComparisonOperator=comparison)
    put(store, breaching, NOON)
    put(store, not_breaching, NOON + 60)
    assert [change.new for change in engine.evaluate([watched], [], NOON + 60)] == [State.ALARM]
    assert [change.new for change in engine.evaluate([watched], [], NOON + 120)] == [State.OK]


def test_action_is_taken_on_transitions_alone(store: Memory) -> None:
    engine, watched = Engine(store), alarm()
    put(store, 9, NOON)
    put(store, 9, NOON + 60)
    [change] = engine.evaluate([watched], [], NOON + 60)
    assert change.actions == (TOPIC,)
    assert engine.evaluate([watched], [], NOON + 120) == []


def test_disabled_actions_are_not_taken(store: Memory) -> None:
    put(store, 9, NOON)
    [change] = Engine(store).evaluate([alarm(ActionsEnabled="false")], [], NOON + 60)
    assert (change.new, change.actions) == (State.ALARM, ())


def test_minute_that_is_not_over_is_not_judged(store: Memory) -> None:
    engine, watched = Engine(store), alarm()
    put(store, 9, NOON + 60)
    engine.evaluate([watched], [], NOON + 119)
    assert engine.state("late") is State.OK


def test_metric_of_another_dimension_is_another_metric(store: Memory) -> None:
    engine = Engine(store)
    put(store, 9, NOON, dimension="2")
    engine.evaluate([alarm()], [], NOON + 60)
    assert engine.state("late") is State.OK


def test_new_alarm_without_data_stays_as_it_is_where_missing_data_tell_nothing(store: Memory) -> None:
    engine = Engine(store)
    assert engine.evaluate([alarm(TreatMissingData="missing")], [], NOON) == []
    assert engine.state("late") is State.INSUFFICIENT_DATA


def test_alarm_over_days_sees_whole_hours(store: Memory) -> None:
    engine, watched = Engine(store), alarm(Period=86400, EvaluationPeriods=2, DatapointsToAlarm=1)
    put(store, 9, NOON + 60)
    engine.evaluate([watched], [], NOON + 3599)
    assert engine.state("late") is State.OK
    engine.evaluate([watched], [], NOON + 3600)
    assert engine.state("late") is State.ALARM


def test_band_is_two_deviations_around_the_weeks_before(store: Memory) -> None:
    stat = {
        "Metric": {
            "Namespace": "n",
            "MetricName": "m",
            "Dimensions": [{"Name": "d", "Value": "1"}],
        },
        "Period": 300,
        "Stat": "Sum",
    }
    watched = MetricAlarm.of(
        {
            "AlarmName": "unusual",
            "Metrics": [
                {"Id": "m1", "MetricStat": stat},
                {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)"},
            ],
            "ThresholdMetricId": "band",
            "ComparisonOperator": "GreaterThanUpperThreshold",
            "EvaluationPeriods": 1,
            "TreatMissingData": "notBreaching",
        }
    )
    engine = Engine(store)
    for back in range(10, 20):
        put(store, 10 + 2 * (back % 2), NOON - back * 300)  # mean 11, deviation 1
    put(store, 13, NOON)
    engine.evaluate([watched], [], NOON + 300)
    assert engine.state("unusual") is State.OK
    put(store, 0.1, NOON + 1)
    engine.evaluate([watched], [], NOON + 300)
    assert engine.state("unusual") is State.ALARM


def grouped(**properties: Any) -> MetricAlarm:
    query = {"Id": "worst", "Expression": "SELECT MAX(m) FROM SCHEMA(n, d) GROUP BY d", "Period": 60}
    return alarm(Metrics=[query], **properties)


def test_each_series_of_a_query_is_told_by_its_name(store: Memory) -> None:
    engine, watched = Engine(store), grouped()
    put(store, 9, NOON, dimension="1")
    put(store, 1, NOON, dimension="2")
    changes = engine.evaluate([watched], [], NOON + 60)
    assert [(each.contributor, each.new) for each in changes] == [
        ((("d", "1"),), State.ALARM),
        ((), State.ALARM),
    ]
    told = json.loads(message(changes[0], account="1", region="r", prefix="arn:"))
    assert told["AlarmContributorAttributes"] == {"d": "1"}


def test_second_series_is_told_of_while_the_first_is_red(store: Memory) -> None:
    engine, watched = Engine(store), grouped()
    put(store, 9, NOON, dimension="1")
    engine.evaluate([watched], [], NOON + 60)
    put(store, 9, NOON + 60, dimension="1")
    put(store, 9, NOON + 60, dimension="2")
    assert [each.contributor for each in engine.evaluate([watched], [], NOON + 120)] == [(("d", "2"),)]


def test_series_that_vanishes_is_well_whatever_missing_data_mean(store: Memory) -> None:
    engine, watched = Engine(store), grouped(TreatMissingData="breaching")
    put(store, 9, NOON)
    engine.evaluate([watched], [], NOON + 60)
    changes = engine.evaluate([watched], [], NOON + 600)
    assert [(each.contributor, each.new) for each in changes] == [
        ((("d", "1"),), State.OK),
        ((), State.INSUFFICIENT_DATA),
    ]


def test_query_without_groups_treats_missing_data_as_told(store: Memory) -> None:
    query = {"Id": "worst", "Expression": "SELECT MAX(m) FROM SCHEMA(n, d)", "Period": 60}
    engine = Engine(store)
    engine.evaluate([alarm(Metrics=[query], TreatMissingData="breaching")], [], NOON)
    assert engine.state("late") is State.ALARM


def composite(rule: str, name: str = "whole") -> CompositeAlarm:
    return CompositeAlarm.of({"AlarmName": name, "AlarmRule": rule, "AlarmActions": [TOPIC]})


def test_composite_tells_once_of_two_alarms_and_names_them(store: Memory) -> None:
    engine, both = Engine(store), [alarm(AlarmName="a"), alarm(AlarmName="b")]
    whole = composite("ALARM(a) OR ALARM(b)")
    engine.evaluate(both, [whole], NOON)
    put(store, 9, NOON)
    *_, change = engine.evaluate(both, [whole], NOON + 60)
    assert (change.alarm, change.new) == (whole, State.ALARM)
    told = json.loads(message(change, account="1", region="r", prefix="arn:alarm:"))
    assert [each["Arn"] for each in told["TriggeringChildren"]] == ["arn:alarm:a", "arn:alarm:b"]
    assert told["AlarmRule"] == "ALARM(a) OR ALARM(b)"


def test_composite_of_a_composite_follows_in_the_same_evaluation(store: Memory) -> None:
    engine = Engine(store)
    above, below = composite("ALARM(below)", "above"), composite("ALARM(late)", "below")
    put(store, 9, NOON)
    engine.evaluate([alarm()], [above, below], NOON + 60)
    assert engine.state("above") is State.ALARM


def test_message_has_the_members_of_the_page(store: Memory) -> None:
    put(store, 9, NOON)
    [change] = Engine(store).evaluate([alarm()], [], NOON + 60)
    told = json.loads(message(change, account="123456789012", region="EU (Ireland)", prefix="arn:alarm:"))
    assert told["NewStateValue"] == "ALARM"
    assert told["OldStateValue"] == "INSUFFICIENT_DATA"
    assert told["AlarmArn"] == "arn:alarm:late"
    assert told["AlarmDescription"] == "do something"
    assert told["Trigger"]["Dimensions"] == [{"value": "1", "name": "d"}]
    assert told["Trigger"]["Threshold"] == 5.0
    assert subject(change, "EU (Ireland)") == 'ALARM: "late" in EU (Ireland)'


@pytest.mark.parametrize(
    ("properties", "named"),
    [
        ({"Unit": "Count"}, "Unit"),
        ({"ComparisonOperator": "Near"}, "Near"),
        ({"Metrics": [{"Id": "e", "Expression": "RATE(m1)", "Period": 60}]}, "RATE"),
        (
            {"Metrics": [{"Id": "b", "Expression": "FORECAST(m1)"}], "ThresholdMetricId": "b"},
            "FORECAST",
        ),
    ],
)
def test_what_is_not_emulated_is_refused_by_name(properties: dict[str, Any], named: str) -> None:
    with pytest.raises(UnsupportedError, match=f"alarm late: .*{named}"):
        alarm(**properties)


def test_suppressor_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedError, match="ActionsSuppressor"):
        CompositeAlarm.of({"AlarmName": "c", "AlarmRule": "TRUE", "ActionsSuppressor": "x"})
