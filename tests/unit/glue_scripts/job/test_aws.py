import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import NoCredentialsError
from botocore.stub import Stubber
from lakehouse_etl.job import aws


def test_metrics_are_sent_only_when_there_is_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws.publish_counts("Lake", "shop/totals", {}, None)
    with pytest.raises(NoCredentialsError):  # so the call before asked for none
        aws.publish_counts("Lake", "shop/totals", {"Rows": 0}, None)


@pytest.mark.parametrize(
    ("hours", "counts", "told"),
    [
        (2, {}, None),
        (6, {}, None),
        (9, {}, {"HoursOverdue": 3}),
        (2, {"Rows": 1}, {"Rows": 1, "HoursSinceArrival": 2}),
        (9, {"Rows": 1}, {"Rows": 1, "HoursSinceArrival": 9, "HoursOverdue": 3}),
    ],
)
def test_age_is_told_beside_counts_and_a_broken_promise_always(
    monkeypatch: pytest.MonkeyPatch, hours: int, counts: dict[str, float], told: dict[str, float] | None
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "nobody's")
    client = boto3.Session().client("cloudwatch", region_name="us-east-1")
    monkeypatch.setattr(boto3, "client", lambda _: client)
    arrived = datetime.now(UTC) - timedelta(hours=hours, minutes=30)
    with Stubber(client) as stubber:
        if told is not None:
            data = [
                {
                    "MetricName": name,
                    "Dimensions": [{"Name": "Dataset", "Value": "shop/totals"}],
                    "Value": value,
                    "Unit": "Count",
                }
                for name, value in told.items()
            ]
            stubber.add_response("put_metric_data", {}, {"Namespace": "Lake", "MetricData": data})
        aws.publish_counts("Lake", "shop/totals", counts, arrived, promised_hours=6)
        stubber.assert_no_pending_responses()


@pytest.fixture
def cloudwatch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "nobody's")
    client = boto3.Session().client("cloudwatch", region_name="us-east-1")
    monkeypatch.setattr(boto3, "client", lambda _: client)
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.mark.parametrize(("by_event", "overdue"), [(True, {"HoursOverdue": 24}), (False, {})])
def test_promise_counts_from_the_newest_event_where_the_contract_says_so(
    cloudwatch: Stubber, by_event: bool, overdue: dict[str, float]
) -> None:
    now = datetime.now(UTC)
    told = {"Rows": 1, "HoursSinceArrival": 2, "HoursSinceEvent": 30, **overdue}
    data = [
        {
            "MetricName": name,
            "Dimensions": [{"Name": "Dataset", "Value": "shop/totals"}],
            "Value": value,
            "Unit": "Count",
        }
        for name, value in told.items()
    ]
    cloudwatch.add_response("put_metric_data", {}, {"Namespace": "Lake", "MetricData": data})
    arrived, happened = (now - timedelta(hours=hours, minutes=9) for hours in (2, 30))
    aws.publish_counts(
        "Lake", "shop/totals", {"Rows": 1}, arrived, 6, newest_event=happened, by_event=by_event
    )


def test_delays_are_values_with_their_counts_as_many_as_an_entry_takes(cloudwatch: Stubber) -> None:
    values, counts = [float(number) for number in range(1, 201)], list(range(1, 201))
    for some in (slice(0, 150), slice(150, 200)):
        entry = {
            "MetricName": "EventDelay",
            "Dimensions": [{"Name": "Dataset", "Value": "shop/orders"}],
            "Values": values[some],
            "Counts": [float(count) for count in counts[some]],
            "Unit": "Seconds",
        }
        cloudwatch.add_response("put_metric_data", {}, {"Namespace": "Lake", "MetricData": [entry]})
    aws.publish_delays("Lake", "shop/orders", values, counts)


def test_columns_with_undeclared_personal_data_are_told_each_as_a_dimension_that_cloudwatch_takes(
    cloudwatch: Stubber,
) -> None:
    data = [
        {
            "MetricName": "UndeclaredPersonalData",
            "Dimensions": [{"Name": "Dataset", "Value": "shop/a"}, {"Name": "Column", "Value": column}],
            "Value": kinds,
            "Unit": "Count",
        }
        for column, kinds in (("note", 2), ("stra\\xdfe", 1))
    ]
    aws.publish_undeclared("Lake", "shop/a", {})
    cloudwatch.add_response("put_metric_data", {}, {"Namespace": "Lake", "MetricData": data})
    aws.publish_undeclared("Lake", "shop/a", {"note": 2, "straße": 1})
