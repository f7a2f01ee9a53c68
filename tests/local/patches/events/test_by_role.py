import json
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws
from tests.fixtures.embedded_aws import wait_for

EVENTS = "events.amazonaws.com"
DETAIL = {"text": "told"}

Rights = list[tuple[list[str], list[str]]]
Receive = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def queue(embedded_aws: EmbeddedAws) -> Callable[[str], tuple[str, Receive]]:
    """Makes a queue that topics may send to; returns its ARN, and what receives its messages."""
    sqs = embedded_aws.client("sqs")
    topics = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{**topics, "Resource": "*"}]})

    def make(name: str) -> tuple[str, Receive]:
        url = sqs.create_queue(QueueName=name, Attributes={"Policy": policy})["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

        def receive() -> list[dict[str, Any]]:
            answer = sqs.receive_message(
                QueueUrl=url, MessageAttributeNames=["All"], MaxNumberOfMessages=10, VisibilityTimeout=0
            )
            return list(answer.get("Messages", []))

        return arn, receive

    return make


@pytest.fixture
def send(embedded_aws: EmbeddedAws, make_role: Callable[..., str]) -> Callable[..., None]:
    """Sends an event to a target as a role with these rights, through a rule of the same name."""
    events = embedded_aws.client("events")

    def put(name: str, rights: Rights, **target: Any) -> None:
        role = make_role(name, EVENTS, *rights)
        events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
        events.put_targets(Rule=name, Targets=[{"Id": "Target", "RoleArn": role, **target}])
        events.put_events(Entries=[{"Source": name, "DetailType": "test", "Detail": json.dumps(DETAIL)}])

    return put


def test_topic_is_told_as_the_role(
    embedded_aws: EmbeddedAws, queue: Callable[..., Any], send: Callable[..., None]
) -> None:
    sns = embedded_aws.client("sns")
    topic = sns.create_topic(Name="by-role-topic")["TopicArn"]
    arn, receive = queue("by-role-subscribed")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    paths = {"InputPathsMap": {"text": "$.detail.text"}, "InputTemplate": '{"said": <text>}'}
    send("by-role-topic", [(["sns:Publish"], [topic])], Arn=topic, InputTransformer=paths)
    assert json.loads(json.loads(wait_for(receive)[0]["Body"])["Message"]) == {"said": "told"}


def test_delivery_stream_gets_the_event_as_the_role(
    embedded_aws: EmbeddedAws, make_role: Callable[..., str], send: Callable[..., None]
) -> None:
    s3, firehose = embedded_aws.client("s3"), embedded_aws.client("firehose")
    s3.create_bucket(Bucket="by-role")
    writes = make_role("by-role-firehose", "firehose.amazonaws.com", (["s3:*"], ["*"]))
    arn = firehose.create_delivery_stream(
        DeliveryStreamName="by-role",
        DeliveryStreamType="DirectPut",
        ExtendedS3DestinationConfiguration={"RoleARN": writes, "BucketARN": "arn:aws:s3:::by-role"},
    )["DeliveryStreamARN"]
    send("by-role-stream", [(["firehose:PutRecord"], [arn])], Arn=arn)
    wait_for(lambda: embedded_aws.flush_firehose() or s3.list_objects_v2(Bucket="by-role").get("Contents"))
    key = s3.list_objects_v2(Bucket="by-role")["Contents"][0]["Key"]
    assert json.loads(s3.get_object(Bucket="by-role", Key=key)["Body"].read())["detail"] == DETAIL


@pytest.mark.parametrize("code", ["NO_PERMISSIONS", "NO_RESOURCE"])
def test_event_that_cannot_be_delivered_is_kept_with_the_reason(
    embedded_aws: EmbeddedAws, queue: Callable[..., Any], send: Callable[..., None], code: str
) -> None:
    name = f"by-role-{code.replace('_', '-').lower()}"
    sns = embedded_aws.client("sns")
    topic = sns.create_topic(Name=name)["TopicArn"]
    rights: Rights = []
    if code == "NO_RESOURCE":
        sns.delete_topic(TopicArn=topic)
        rights = [(["sns:Publish"], ["*"])]
    arn, receive = queue(f"{name}-dead-letters")
    send(name, rights, Arn=topic, DeadLetterConfig={"Arn": arn})
    (message,) = wait_for(receive)
    assert json.loads(message["Body"])["detail"] == DETAIL
    told = {key: value["StringValue"] for key, value in message["MessageAttributes"].items()}
    assert (told["ERROR_CODE"], told["TARGET_ARN"]) == (code, topic)
    assert told["RULE_ARN"].endswith(f"rule/{name}")
