"""What the lake relies on and the emulator does by itself, under TLS and with IAM enforced."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws

LAMBDA = "lambda.amazonaws.com"

ANSWER_CLOUDFORMATION = """
import json, urllib.request
def handler(event, context):
    properties = event["ResourceProperties"]
    answer = {"Status": properties["Answer"], "Reason": "asked to", "PhysicalResourceId": "thing",
              "StackId": event["StackId"], "RequestId": event["RequestId"],
              "LogicalResourceId": event["LogicalResourceId"], "Data": {"Echo": properties["Text"] + "!"}}
    urllib.request.urlopen(urllib.request.Request(
        event["ResponseURL"], json.dumps(answer).encode(), {"content-type": ""}, method="PUT"))
"""

COPY_BATCH = """
import json, boto3, shared_part
s3 = boto3.client("s3")
def handler(event, context):
    failed = []
    for record in event["Records"]:
        detail = json.loads(record["body"])["detail"]
        key = detail["object"]["key"]
        if "poison" in key:
            failed.append({"itemIdentifier": record["messageId"]})
            continue
        body = s3.get_object(Bucket=detail["bucket"]["name"], Key=key)["Body"].read()
        s3.put_object(Bucket=shared_part.TARGET, Key=key, Body=body)
    return {"batchItemFailures": failed}
"""


def archive(files: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archived:
        for name, text in files.items():
            archived.writestr(name, text)
    return content.getvalue()


@pytest.fixture(scope="module")
def code_bucket(embedded_aws: EmbeddedAws) -> str:
    embedded_aws.client("s3").create_bucket(Bucket="services-code")
    return "services-code"


def function(bucket: str, key: str, role: str, **more: Any) -> dict[str, Any]:
    properties = {
        "Runtime": "python3.11",
        "Handler": "index.handler",
        "Role": role,
        "Timeout": 30,
        "Code": {"S3Bucket": bucket, "S3Key": key},
    }
    return {"Type": "AWS::Lambda::Function", "Properties": {**properties, **more}}


@pytest.fixture(scope="module")
def custom(
    embedded_aws: EmbeddedAws, code_bucket: str, make_role: Callable[..., str]
) -> Callable[[str], dict[str, Any]]:
    code = archive({"index.py": ANSWER_CLOUDFORMATION})
    embedded_aws.client("s3").put_object(Bucket=code_bucket, Key="custom.zip", Body=code)
    role = make_role("custom-resource", LAMBDA)

    def resources(answer: str) -> dict[str, Any]:
        token = {"Fn::GetAtt": ["Provider", "Arn"]}
        properties = {"ServiceToken": token, "Text": "hello", "Answer": answer}
        return {
            "Provider": function(code_bucket, "custom.zip", role),
            "Thing": {"Type": "Custom::Thing", "Properties": properties},
        }

    return resources


def test_custom_resource_answers_over_tls_when_its_handler_uses_urllib(
    custom: Callable[[str], dict[str, Any]], deploy: Callable[..., dict[str, str]]
) -> None:
    outputs = deploy(
        "custom-ok", custom("SUCCESS"), {"Id": {"Ref": "Thing"}, "Echo": {"Fn::GetAtt": ["Thing", "Echo"]}}
    )
    assert outputs == {"Id": "thing", "Echo": "hello!"}


def test_custom_resource_fails_its_stack_when_it_answers_failed(
    custom: Callable[[str], dict[str, Any]], deploy: Callable[..., dict[str, str]]
) -> None:
    with pytest.raises(AssertionError, match="asked to"):
        deploy("custom-failed", custom("FAILED"))


def test_secret_gets_a_generated_value_when_its_template_asks_for_one(
    embedded_aws: EmbeddedAws, deploy: Callable[..., dict[str, str]]
) -> None:
    generate = {"PasswordLength": 48}
    resources = {
        "Key": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {"Name": "services/masking", "GenerateSecretString": generate},
        }
    }
    deploy("secret", resources)
    secret = embedded_aws.client("secretsmanager").get_secret_value(SecretId="services/masking")
    assert len(secret["SecretString"]) == 48


def test_object_reaches_a_function_through_eventbridge_and_sqs_when_another_of_its_batch_fails(
    embedded_aws: EmbeddedAws,
    code_bucket: str,
    make_role: Callable[..., str],
    deploy: Callable[..., dict[str, str]],
    wait_for: Callable[..., Any],
) -> None:
    s3, sqs = embedded_aws.client("s3"), embedded_aws.client("sqs")
    s3.put_object(Bucket=code_bucket, Key="copy.zip", Body=archive({"index.py": COPY_BATCH}))
    layer = archive({"python/shared_part.py": 'TARGET = "services-out"'})
    s3.put_object(Bucket=code_bucket, Key="layer.zip", Body=layer)
    role = make_role(
        "copier",
        LAMBDA,
        (["s3:GetObject"], ["arn:aws:s3:::services-in/*"]),
        (["s3:PutObject"], ["arn:aws:s3:::services-out/*"]),
        (["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], ["*"]),
    )
    deploy("routing", routing(code_bucket, role))

    for key in ("a.csv", "poison.csv", "b.csv"):
        s3.put_object(Bucket="services-in", Key=key, Body=key.encode())

    def copied() -> list[str]:
        return [one["Key"] for one in s3.list_objects_v2(Bucket="services-out").get("Contents", [])]

    wait_for(copied, lambda keys: keys == ["a.csv", "b.csv"])
    dead = sqs.get_queue_url(QueueName="services-dead")["QueueUrl"]
    messages = wait_for(lambda: sqs.receive_message(QueueUrl=dead).get("Messages", []))
    assert json.loads(messages[0]["Body"])["detail"]["object"]["key"] == "poison.csv"


def routing(code_bucket: str, role: str) -> dict[str, Any]:
    events = {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": ["services-in"]}}}
    queue_arn = {"Fn::GetAtt": ["Queue", "Arn"]}
    policy = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
    }
    dead = {"deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}, "maxReceiveCount": 2}
    mapping = {
        "FunctionName": {"Ref": "Copy"},
        "EventSourceArn": queue_arn,
        "BatchSize": 10,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }
    types: dict[str, tuple[str, dict[str, Any]]] = {
        "In": ("S3::Bucket", {"BucketName": "services-in", "NotificationConfiguration": events}),
        "Out": ("S3::Bucket", {"BucketName": "services-out"}),
        "Dead": ("SQS::Queue", {"QueueName": "services-dead"}),
        "Queue": ("SQS::Queue", {"VisibilityTimeout": 5, "RedrivePolicy": dead}),
        "Policy": (
            "SQS::QueuePolicy",
            {
                "Queues": [{"Ref": "Queue"}],
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [policy]},
            },
        ),
        "Rule": ("Events::Rule", {"EventPattern": pattern, "Targets": [{"Id": "queue", "Arn": queue_arn}]}),
        "Layer": ("Lambda::LayerVersion", {"Content": {"S3Bucket": code_bucket, "S3Key": "layer.zip"}}),
        "Mapping": ("Lambda::EventSourceMapping", mapping),
    }
    resources = {name: {"Type": f"AWS::{kind}", "Properties": props} for name, (kind, props) in types.items()}
    copy = function(code_bucket, "copy.zip", role, Layers=[{"Ref": "Layer"}], Timeout=5)
    return {**resources, "Copy": copy}
