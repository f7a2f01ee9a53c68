"""Rows about services that no environment of the tests has: allowed as AWS says, refused without it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from config.load import PROJECT_ROOT
from tools.assembly.assembly import Assembly
from tools.assembly.folder import Stack
from tools.preflight.asking import Asking
from tools.preflight.edge import table
from tools.preflight.findings import Answers

ACCOUNT, REGION = "111122223333", "eu-west-1"
Resources = dict[str, dict[str, Any]]


def _arn(name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, "Arn"]}


def _of(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def _service(name: str, actions: Any, resource: Any = "*", **condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": name}, "Action": actions, "Resource": resource}
    return {"Statement": [{**statement, "Condition": condition} if condition else statement]}


def _role(service: str, *allowed: tuple[Any, Any], **condition: Any) -> dict[str, Any]:
    statements = [{"Effect": "Allow", "Action": action, "Resource": on} for action, on in allowed]
    policy = {"PolicyName": "p", "PolicyDocument": {"Statement": statements}}
    trust = _service(service, "sts:AssumeRole", **condition)
    return _of("IAM::Role", RoleName="r", AssumeRolePolicyDocument=trust, Policies=[policy])


def _ask(resources: Resources) -> Answers:
    stack = Stack("S", "s", ACCOUNT, REGION, {"Resources": resources})
    return Asking(Assembly((stack,)), table(PROJECT_ROOT)).answers()


ROOT = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"}
FOR_THE_ROLE = {"Statement": [ROOT, {**ROOT, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/r"}}]}
INTERFACES = (("ec2:*NetworkInterface*", "*"), ("ec2:DescribeSubnets", "*"))
USE = ["kms:Decrypt", "kms:GenerateDataKey*"]
TOLD = {"ArnEquals": {"aws:SourceArn": {"Ref": "Topic"}}}
RULE = {"ArnEquals": {"aws:SourceArn": _arn("Rule")}}
OURS = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"
STREAM = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/s"
MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:m"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"
BUCKET_WITH_KEY = _of(
    "S3::Bucket",
    BucketName="data",
    BucketEncryption={
        "ServerSideEncryptionConfiguration": [
            {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": _arn("Key")}}
        ]
    },
)
LOCATION: Resources = {
    "Key": _of("KMS::Key", KeyPolicy={"Statement": [ROOT]}),
    "Bucket": BUCKET_WITH_KEY,
    "Role": _role(
        "lakeformation.amazonaws.com",
        ("s3:GetObject", "arn:aws:s3:::data/*"),
        ("s3:ListBucket", "arn:aws:s3:::data"),
        ("kms:Decrypt", _arn("Key")),
    ),
    "Location": _of("LakeFormation::Resource", ResourceArn=_arn("Bucket"), RoleArn=_arn("Role")),
}
NOTIFIED: Resources = {
    "Queue": _of("SQS::Queue", QueueName="q"),
    "Policy": _of(
        "SQS::QueuePolicy",
        Queues=[{"Ref": "Queue"}],
        PolicyDocument=_service("s3.amazonaws.com", "sqs:SendMessage", QUEUE, **OURS),
    ),
    "Bucket": {
        **_of(
            "S3::Bucket",
            BucketName="data",
            NotificationConfiguration={"QueueConfigurations": [{"Event": "s3:*", "Queue": _arn("Queue")}]},
        ),
        "DependsOn": "Policy",
    },
}


@dataclass(frozen=True)
class Case:
    """Templates that are sound, and what of them is taken away or put in its place to be refused."""

    edge: str
    sound: Resources
    spoilt: Mapping[str, dict[str, Any] | None]
    severity: str = "error"

    def __str__(self) -> str:
        return self.edge


CASES = [
    Case("location-trust", LOCATION, {"Role": _role("glue.amazonaws.com")}),
    Case(
        "location-trust",
        LOCATION,
        {"Role": _role("lakeformation.amazonaws.com", ("*", "*"), **OURS)},
        severity="warning",
    ),
    Case("location-objects", LOCATION, {"Role": _role("lakeformation.amazonaws.com")}),
    Case("location-list", LOCATION, {"Role": _role("lakeformation.amazonaws.com", ("s3:*Object", "*"))}),
    Case("location-key", LOCATION, {"Role": _role("lakeformation.amazonaws.com", ("s3:*", "*"))}),
    Case("bucket-tells-queue", NOTIFIED, {"Policy": None}),
    Case("bucket-tells-queue", NOTIFIED, {"Bucket": {**NOTIFIED["Bucket"], "DependsOn": []}}),
    Case(
        "bucket-tells-queue-key",
        NOTIFIED,
        {
            "Key": _of("KMS::Key", KeyPolicy={"Statement": [ROOT]}),
            "Queue": _of("SQS::Queue", QueueName="q", KmsMasterKeyId=_arn("Key")),
        },
    ),
    Case(
        "key-stays-manageable",
        {"Key": _of("KMS::Key", KeyPolicy={"Statement": [ROOT]})},
        {"Key": _of("KMS::Key", KeyPolicy={"Statement": [{**ROOT, "Action": "kms:Decrypt"}]})},
    ),
    Case(
        "key-principals",
        {
            "Role": _role("lambda.amazonaws.com"),
            "Key": {**_of("KMS::Key", KeyPolicy=FOR_THE_ROLE), "DependsOn": "Role"},
        },
        {"Key": _of("KMS::Key", KeyPolicy=FOR_THE_ROLE)},
    ),
    Case(
        "bucket-principal-patterns",
        {"Policy": _of("S3::BucketPolicy", Bucket="b", PolicyDocument=FOR_THE_ROLE)},
        {"Policy": _of("S3::BucketPolicy", Bucket="b", PolicyDocument={
            "Statement": {**ROOT, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/r-*"}}})},
    ),
    Case(
        "events-function",
        {
            "Function": _of("Lambda::Function", FunctionName="f"),
            "Rule": _of("Events::Rule", Name="r", Targets=[{"Id": "F", "Arn": _arn("Function")}]),
            "Permit": _of(
                "Lambda::Permission",
                FunctionName=_arn("Function"),
                Action="lambda:InvokeFunction",
                Principal="events.amazonaws.com",
                SourceArn=_arn("Rule"),
            ),
        },
        {"Permit": None},
    ),
    Case(
        "events-fifo-group",
        {"Rule": _of("Events::Rule", Name="r", Targets=[
            {"Id": "Q", "Arn": f"{QUEUE}.fifo", "SqsParameters": {"MessageGroupId": "g"}}])},
        {"Rule": _of("Events::Rule", Name="r", Targets=[{"Id": "Q", "Arn": f"{QUEUE}.fifo"}])},
    ),
    Case(
        "events-queue-key",
        {
            "Key": _of("KMS::Key", KeyPolicy={"Statement": [
                ROOT, *_service("events.amazonaws.com", USE)["Statement"]]}),
            "Queue": _of("SQS::Queue", QueueName="q", KmsMasterKeyId=_arn("Key")),
            "Policy": _of("SQS::QueuePolicy", Queues=[{"Ref": "Queue"}],
                          PolicyDocument=_service("events.amazonaws.com", "sqs:SendMessage", QUEUE, **RULE)),
            "Rule": _of("Events::Rule", Name="r", Targets=[{"Id": "Q", "Arn": _arn("Queue")}]),
        },
        {"Key": _of("KMS::Key", KeyPolicy={"Statement": [ROOT, *_service(
            "events.amazonaws.com", USE, **OURS)["Statement"]]})},
        severity="warning",
    ),
    Case(
        "events-state-machine",
        {
            "Role": _role("events.amazonaws.com", ("states:StartExecution", MACHINE)),
            "Rule": _of("Events::Rule", Name="r",
                        Targets=[{"Id": "M", "Arn": MACHINE, "RoleArn": _arn("Role")}]),
        },
        {"Role": _role("events.amazonaws.com", ("states:StartExecution", f"{MACHINE}-2"))},
    ),
    Case(
        "poller-stream",
        {
            "Role": _role("lambda.amazonaws.com", ("kinesis:*", STREAM)),
            "Function": _of("Lambda::Function", FunctionName="f", Role=_arn("Role")),
            "Poller": _of("Lambda::EventSourceMapping", FunctionName=_arn("Function"), EventSourceArn=STREAM),
        },
        {"Role": _role("lambda.amazonaws.com", ("kinesis:GetRecords", STREAM))},
    ),
    Case(
        "lambda-network",
        {
            "Role": _role("lambda.amazonaws.com", *INTERFACES),
            "Function": _of("Lambda::Function", FunctionName="f", Role=_arn("Role"),
                            VpcConfig={"SubnetIds": ["subnet-1"]}),
        },
        {"Role": _role("lambda.amazonaws.com", ("ec2:*NetworkInterface*", "*"))},
    ),
    Case(
        "lambda-network-interfaces",
        {
            "Role": _role("lambda.amazonaws.com", *INTERFACES),
            "Function": _of("Lambda::Function", FunctionName="f", Role=_arn("Role"),
                            VpcConfig={"SubnetIds": ["subnet-1"]}),
        },
        {"Role": _role("lambda.amazonaws.com", ("ec2:Describe*", "*"))},
    ),
    Case(
        "lambda-network-placement",
        {
            "Role": _role("lambda.amazonaws.com", *INTERFACES),
            "Function": _of("Lambda::Function", FunctionName="f", Role=_arn("Role"),
                            VpcConfig={"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}),
        },
        {"Role": _role("lambda.amazonaws.com", ("ec2:*", "arn:aws:ec2:*:*:network-interface/*"))},
        severity="warning",
    ),
    Case(
        "subscription-queue",
        {
            "Queue": _of("SQS::Queue", QueueName="q"),
            "Policy": _of("SQS::QueuePolicy", Queues=[{"Ref": "Queue"}], PolicyDocument=_service(
                "sns.amazonaws.com", "sqs:SendMessage", QUEUE, **TOLD)),
            "Topic": _of("SNS::Topic", TopicName="t"),
            "Told": _of("SNS::Subscription", Protocol="sqs", TopicArn={"Ref": "Topic"}, Endpoint=QUEUE),
        },
        {"Policy": None},
    ),
    Case(
        "stream-write-key",
        {
            "Key": _of("KMS::Key", KeyPolicy={"Statement": [ROOT]}),
            "Stream": _of("Kinesis::Stream", Name="s", StreamEncryption={"KeyId": _arn("Key")}),
            "Role": _role("lambda.amazonaws.com", ("kinesis:*", STREAM), ("kms:*", "*")),
        },
        {"Role": _role("lambda.amazonaws.com", ("kinesis:*", STREAM))},
    ),
    Case(
        "states-function",
        {
            "Role": _role("states.amazonaws.com", ("lambda:InvokeFunction", f"{FUNCTION}*")),
            "Machine": _of("StepFunctions::StateMachine", RoleArn=_arn("Role"), DefinitionString=(
                '{"States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", '
                f'"Parameters": {{"FunctionName": "{FUNCTION}:$LATEST"}}}}}}}}')),
        },
        {"Role": _role("states.amazonaws.com", ("lambda:InvokeFunction", FUNCTION))},
    ),
    Case(
        "secret-rotation",
        {
            "Function": _of("Lambda::Function", FunctionName="f"),
            "Rotation": _of("SecretsManager::RotationSchedule", SecretId="s", RotationLambdaARN=FUNCTION),
            "Permit": _of("Lambda::Permission", FunctionName="f", Action="lambda:InvokeFunction",
                          Principal="secretsmanager.amazonaws.com"),
        },
        {"Permit": None},
        severity="warning",
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_row_allows_what_aws_documents_and_sees_what_is_missing(case: Case) -> None:
    kinds = {edge.id: edge.kind for edge in table(PROJECT_ROOT).edges}
    sound = _ask(case.sound)
    assert sound.asked[kinds[case.edge]] > 0
    assert [each for each in sound.findings if each.edge == case.edge] == []
    spoilt = {name: each for name, each in {**case.sound, **case.spoilt}.items() if each is not None}
    told = [(each.edge, each.severity) for each in _ask(spoilt).findings]
    assert (case.edge, case.severity) in told
