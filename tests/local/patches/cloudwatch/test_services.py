import json
import time
from collections.abc import Callable
from typing import Any

from local.emulator.launcher import EmbeddedAws
from tests.fixtures.embedded_aws import MakeRole

SECONDS = 20.0


def total(
    aws: EmbeddedAws, namespace: str, metric: str, dimension: tuple[str, str], stat: str = "Sum"
) -> float:
    """One statistic of the last hour."""
    found = aws.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": dimension[0], "Value": dimension[1]}],
        StartTime=time.time() - 3600,
        EndTime=time.time() + 60,
        Period=7200,
        Statistics=[stat],
    )["Datapoints"]
    return float(sum(each[stat] for each in found))


def wait(condition: Callable[[], Any]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_kinesis_tells_what_was_put(embedded_aws: EmbeddedAws) -> None:
    kinesis, of = embedded_aws.client("kinesis"), ("StreamName", "telling")
    kinesis.create_stream(StreamName="telling", ShardCount=1)
    wait(lambda: kinesis.describe_stream_summary(StreamName="telling")["StreamDescriptionSummary"])
    kinesis.put_record(StreamName="telling", Data=b"12345", PartitionKey="k")
    records = [{"Data": b"123", "PartitionKey": "k"}, {"Data": b"12", "PartitionKey": "k"}]
    kinesis.put_records(StreamName="telling", Records=records)
    assert total(embedded_aws, "AWS/Kinesis", "IncomingRecords", of) == 3
    assert total(embedded_aws, "AWS/Kinesis", "IncomingBytes", of) == 10
    assert total(embedded_aws, "AWS/Kinesis", "WriteProvisionedThroughputExceeded", of) == 0


def test_step_functions_tell_how_executions_end(embedded_aws: EmbeddedAws, make_role: MakeRole) -> None:
    states = embedded_aws.client("stepfunctions")
    definition = {
        "StartAt": "Ask",
        "States": {
            "Ask": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.well", "BooleanEquals": True, "Next": "Well"}],
                "Default": "Ill",
            },
            "Well": {"Type": "Succeed"},
            "Ill": {"Type": "Fail", "Error": "Ill"},
        },
    }
    arn = states.create_state_machine(
        name="telling",
        definition=json.dumps(definition),
        roleArn=make_role("telling-machine", "states.amazonaws.com"),
    )["stateMachineArn"]
    for well in (True, True, False):
        states.start_execution(stateMachineArn=arn, input=json.dumps({"well": well}))
    of = ("StateMachineArn", arn)
    wait(lambda: total(embedded_aws, "AWS/States", "ExecutionTime", of, "SampleCount") == 3)
    assert total(embedded_aws, "AWS/States", "ExecutionsStarted", of) == 3
    assert total(embedded_aws, "AWS/States", "ExecutionsSucceeded", of) == 2
    assert total(embedded_aws, "AWS/States", "ExecutionsFailed", of) == 1


def test_sqs_tells_what_waits_and_how_long(embedded_aws: EmbeddedAws) -> None:
    sqs, of = embedded_aws.client("sqs"), ("QueueName", "telling")
    url = sqs.create_queue(QueueName="telling")["QueueUrl"]
    embedded_aws.evaluate_alarms()
    sqs.send_message(QueueUrl=url, MessageBody="a")
    sqs.send_message(QueueUrl=url, MessageBody="b", DelaySeconds=900)
    embedded_aws.evaluate_alarms()
    waiting = "ApproximateNumberOfMessagesVisible"
    assert total(embedded_aws, "AWS/SQS", waiting, of, "Maximum") == 1
    assert total(embedded_aws, "AWS/SQS", waiting, of, "Minimum") == 0
    assert total(embedded_aws, "AWS/SQS", "ApproximateAgeOfOldestMessage", of, "Maximum") > 0
