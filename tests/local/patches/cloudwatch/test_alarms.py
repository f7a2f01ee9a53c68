import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws

MINUTE = 60


@pytest.fixture(scope="module")
def told(embedded_aws: EmbeddedAws) -> tuple[str, Callable[[], list[dict[str, Any]]]]:
    """A topic, and what reads the messages that came to it since the last reading."""
    sns, sqs = embedded_aws.client("sns"), embedded_aws.client("sqs")
    topic = str(sns.create_topic(Name="alarm-news")["TopicArn"])
    queue = sqs.create_queue(QueueName="alarm-news")["QueueUrl"]
    target = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:*",
        "Resource": target,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=target, Attributes={"RawMessageDelivery": "true"})

    def read() -> list[dict[str, Any]]:
        found = []
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for each in messages:
                found.append(json.loads(each["Body"]))
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])
        return found

    return topic, read


def put(aws: EmbeddedAws, namespace: str, value: float, dimension: str = "1", back: int = MINUTE) -> None:
    """Put a value into a minute that is over."""
    aws.client("cloudwatch").put_metric_data(
        Namespace=namespace,
        MetricData=[
            {
                "MetricName": "Late",
                "Dimensions": [{"Name": "Dataset", "Value": dimension}],
                "Timestamp": time.time() - back,
                "Value": value,
            }
        ],
    )


def alarm(namespace: str, topic: str, **more: Any) -> dict[str, Any]:
    return {
        "Namespace": namespace,
        "MetricName": "Late",
        "Dimensions": [{"Name": "Dataset", "Value": "1"}],
        "Statistic": "Maximum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 5,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": [topic],
        "OKActions": [topic],
        **more,
    }


def states(aws: EmbeddedAws, *names: str) -> dict[str, str]:
    kinds = ["MetricAlarm", "CompositeAlarm"]
    found = aws.client("cloudwatch").describe_alarms(AlarmNames=list(names), AlarmTypes=kinds)
    return {
        each["AlarmName"]: each["StateValue"] for each in found["MetricAlarms"] + found["CompositeAlarms"]
    }


def test_alarm_sees_its_own_dimensions_when_it_is_evaluated(
    embedded_aws: EmbeddedAws, told: tuple[str, Callable[[], list[dict[str, Any]]]]
) -> None:
    topic, read = told
    client = embedded_aws.client("cloudwatch")
    client.put_metric_alarm(AlarmName="own", **alarm("dims", topic))
    put(embedded_aws, "dims", 9, dimension="2")
    embedded_aws.evaluate_alarms()
    assert states(embedded_aws, "own") == {"own": "OK"}
    put(embedded_aws, "dims", 9)
    embedded_aws.evaluate_alarms()
    assert states(embedded_aws, "own") == {"own": "ALARM"}
    messages = [each for each in read() if each["AlarmName"] == "own"]
    assert [each["NewStateValue"] for each in messages] == ["OK", "ALARM"]
    assert messages[1]["Region"] == "US East (N. Virginia)"
    assert messages[1]["Trigger"]["Threshold"] == 5.0


def test_template_makes_queries_bands_and_composites(
    embedded_aws: EmbeddedAws,
    deploy: Callable[..., dict[str, str]],
    told: tuple[str, Callable[[], list[dict[str, Any]]]],
) -> None:
    topic, read = told
    query = 'SELECT MAX(Late) FROM SCHEMA("made", Dataset) GROUP BY Dataset'
    stat = {"Metric": {"Namespace": "made", "MetricName": "Late"}, "Period": 300, "Stat": "Sum"}
    common = {"EvaluationPeriods": 1, "TreatMissingData": "notBreaching"}
    resources = {
        "Each": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                **common,
                "AlarmName": "made-each",
                "Metrics": [{"Id": "worst", "Expression": query, "Period": 300}],
                "Threshold": 5,
                "ComparisonOperator": "GreaterThanThreshold",
                "AlarmActions": [topic],
            },
        },
        "Band": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                **common,
                "AlarmName": "made-band",
                "Metrics": [
                    {"Id": "m1", "MetricStat": stat},
                    {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)"},
                ],
                "ThresholdMetricId": "band",
                "ComparisonOperator": "GreaterThanUpperThreshold",
            },
        },
        "Whole": {
            "Type": "AWS::CloudWatch::CompositeAlarm",
            "Properties": {
                "AlarmName": "made-whole",
                "AlarmRule": {"Fn::Sub": "ALARM(${Each}) OR ALARM(${Band})"},
                "AlarmActions": [topic],
            },
        },
    }
    deploy("alarms-made", resources)
    embedded_aws.evaluate_alarms()
    assert states(embedded_aws, "made-each", "made-band", "made-whole") == {
        "made-each": "INSUFFICIENT_DATA",
        "made-band": "OK",
        "made-whole": "OK",
    }
    read()
    put(embedded_aws, "made", 9, dimension="sales/orders")
    embedded_aws.evaluate_alarms()
    assert states(embedded_aws, "made-each", "made-whole") == {"made-each": "ALARM", "made-whole": "ALARM"}
    messages = [each for each in read() if each["AlarmName"].startswith("made-")]
    assert {"Dataset": "sales/orders"} in [each.get("AlarmContributorAttributes") for each in messages]
    [whole] = [each for each in messages if each["AlarmName"] == "made-whole"]
    assert [each["Arn"].rpartition(":")[2] for each in whole["TriggeringChildren"]] == ["made-each"]

    resources["Whole"]["Properties"] = {"AlarmName": "made-other", "AlarmRule": "ALARM(made-each)"}
    deploy("alarms-made", resources)
    assert states(embedded_aws, "made-whole", "made-other") == {"made-other": "ALARM"}


def test_composite_follows_a_state_that_was_set(
    embedded_aws: EmbeddedAws, told: tuple[str, Callable[[], list[dict[str, Any]]]]
) -> None:
    client = embedded_aws.client("cloudwatch")
    client.put_metric_alarm(AlarmName="set", **alarm("set", told[0]))
    client.put_composite_alarm(AlarmName="set-whole", AlarmRule="ALARM(set)")
    client.set_alarm_state(AlarmName="set", StateValue="ALARM", StateReason="a test")
    assert states(embedded_aws, "set-whole") == {"set-whole": "ALARM"}
    embedded_aws.evaluate_alarms()  # a state that was set lasts until then
    assert states(embedded_aws, "set", "set-whole") == {"set": "OK", "set-whole": "OK"}


def test_alarm_with_what_is_not_emulated_is_refused_by_name(embedded_aws: EmbeddedAws) -> None:
    client = embedded_aws.client("cloudwatch")
    with pytest.raises(ClientError, match="Unit is not emulated"):
        client.put_metric_alarm(AlarmName="unit", **alarm("unit", "arn:x"), Unit="Count")
    with pytest.raises(ClientError, match="AT_LEAST"):
        client.put_composite_alarm(AlarmName="least", AlarmRule="AT_LEAST(1, ALARM, (a))")
