"""Names and ARNs that resources will have, by their type.

What `Ref` and `Fn::GetAtt` return of each type is told by its page below
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html,
the form of each ARN by
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from tools.assembly.folder import Stack

_ARNS = {
    "AWS::ApiGateway::RestApi": "arn:{p}:apigateway:{r}::/restapis/{n}",
    "AWS::Athena::WorkGroup": "arn:{p}:athena:{r}:{a}:workgroup/{n}",
    "AWS::CloudTrail::Trail": "arn:{p}:cloudtrail:{r}:{a}:trail/{n}",
    "AWS::CloudWatch::Alarm": "arn:{p}:cloudwatch:{r}:{a}:alarm:{n}",
    "AWS::CloudWatch::CompositeAlarm": "arn:{p}:cloudwatch:{r}:{a}:alarm:{n}",
    "AWS::DynamoDB::Table": "arn:{p}:dynamodb:{r}:{a}:table/{n}",
    "AWS::Events::EventBus": "arn:{p}:events:{r}:{a}:event-bus/{n}",
    "AWS::Events::Rule": "arn:{p}:events:{r}:{a}:rule/{n}",
    "AWS::Glue::Crawler": "arn:{p}:glue:{r}:{a}:crawler/{n}",
    "AWS::Glue::Database": "arn:{p}:glue:{r}:{a}:database/{n}",
    "AWS::Glue::Job": "arn:{p}:glue:{r}:{a}:job/{n}",
    "AWS::IAM::ManagedPolicy": "arn:{p}:iam::{a}:policy{path}{n}",
    "AWS::IAM::Role": "arn:{p}:iam::{a}:role{path}{n}",
    "AWS::IAM::User": "arn:{p}:iam::{a}:user{path}{n}",
    "AWS::KMS::Key": "arn:{p}:kms:{r}:{a}:key/{n}",
    "AWS::Kinesis::Stream": "arn:{p}:kinesis:{r}:{a}:stream/{n}",
    "AWS::KinesisFirehose::DeliveryStream": "arn:{p}:firehose:{r}:{a}:deliverystream/{n}",
    "AWS::Lambda::Function": "arn:{p}:lambda:{r}:{a}:function:{n}",
    "AWS::Lambda::LayerVersion": "arn:{p}:lambda:{r}:{a}:layer:{n}:1",
    "AWS::Logs::LogGroup": "arn:{p}:logs:{r}:{a}:log-group:{n}:*",
    "AWS::Pipes::Pipe": "arn:{p}:pipes:{r}:{a}:pipe/{n}",
    "AWS::S3::Bucket": "arn:{p}:s3:::{n}",
    "AWS::SNS::Topic": "arn:{p}:sns:{r}:{a}:{n}",
    "AWS::SQS::Queue": "arn:{p}:sqs:{r}:{a}:{n}",
    "AWS::Scheduler::Schedule": "arn:{p}:scheduler:{r}:{a}:schedule/{g}/{n}",
    "AWS::SecretsManager::Secret": "arn:{p}:secretsmanager:{r}:{a}:secret:{n}-{h6}",
    "AWS::StepFunctions::Activity": "arn:{p}:states:{r}:{a}:activity:{n}",
    "AWS::StepFunctions::StateMachine": "arn:{p}:states:{r}:{a}:stateMachine:{n}",
}

_REF_IS_ARN = {
    "AWS::IAM::ManagedPolicy", "AWS::Lambda::LayerVersion", "AWS::SNS::Topic", "AWS::SecretsManager::Secret",
    "AWS::StepFunctions::Activity", "AWS::StepFunctions::StateMachine",
}  # fmt: skip

NAMES = {
    "AWS::Athena::WorkGroup": "Name",
    "AWS::CloudTrail::Trail": "TrailName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::CompositeAlarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Policy": "PolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::KMS::Alias": "AliasName",
    "AWS::KinesisFirehose::DeliveryStream": "DeliveryStreamName",
    "AWS::LakeFormation::Resource": "ResourceArn",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Lambda::LayerVersion": "LayerName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Logs::LogStream": "LogStreamName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
}
"""Properties with the name of a resource, where it is not `Name`."""


def name_of(stack: Stack, logical_id: str, kind: str, properties: Mapping[str, Any]) -> str:
    """Return the name that a resource gets; one that CloudFormation makes up looks like one of its own."""
    inner = properties.get("DatabaseInput", properties.get("TableInput", {}))
    given = properties.get(NAMES.get(kind, "Name")) or (isinstance(inner, Mapping) and inner.get("Name"))
    if isinstance(given, str) and given:
        return given
    if kind == "AWS::KMS::Key":
        digits = _digest(stack, logical_id).lower()
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}"
    made = f"{stack.name[:25]}-{logical_id[:24]}-{_digest(stack, logical_id)[:12]}"
    return made.lower() if kind == "AWS::S3::Bucket" else made


def arn_of(stack: Stack, logical_id: str, kind: str, properties: Mapping[str, Any]) -> str:
    """Return the ARN that a resource gets; of a type that is not known, one that is unlike any other."""
    service = kind.split("::")[1].lower() if kind.count("::") > 1 else "custom"
    form = _ARNS.get(kind, "arn:{p}:" + service + ":{r}:{a}:{n}")
    path = properties.get("Path") or "/"
    name = name_of(stack, logical_id, kind, properties)
    bus = properties.get("EventBusName")
    if kind == "AWS::Events::Rule" and isinstance(bus, str) and bus != "default":
        name = f"{bus.rpartition('/')[2]}/{name}"
    return form.format(
        p=stack.partition,
        r=stack.region,
        a=stack.account,
        n=name,
        path=path,
        g=properties.get("GroupName") or "default",
        h6=_digest(stack, logical_id)[:6],
    )


def reference(stack: Stack, logical_id: str, kind: str, properties: Mapping[str, Any]) -> str:
    """Return what `Ref` returns of a resource."""
    if kind in _REF_IS_ARN:
        return arn_of(stack, logical_id, kind, properties)
    name = name_of(stack, logical_id, kind, properties)
    if kind == "AWS::SQS::Queue":
        suffix = "amazonaws.com.cn" if stack.partition == "aws-cn" else "amazonaws.com"
        return f"https://sqs.{stack.region}.{suffix}/{stack.account}/{name}"
    return name


def attribute(stack: Stack, logical_id: str, kind: str, properties: Mapping[str, Any], name: str) -> str:
    """Return what `Fn::GetAtt` returns of a resource; `<stack.id.attribute>` where only AWS knows."""
    if name in ("Arn", "TopicArn", "PolicyArn", "StreamArn" if kind == "AWS::Kinesis::Stream" else "Arn"):
        return arn_of(stack, logical_id, kind, properties)
    if name in ("Name", "QueueName", "TopicName", "RoleName"):
        return name_of(stack, logical_id, kind, properties)
    if name in ("KeyId", "QueueUrl"):
        return reference(stack, logical_id, kind, properties)
    return f"<{stack.id}.{logical_id}.{name}>"


def _digest(stack: Stack, logical_id: str) -> str:
    """Hexadecimal digits in place of random ones, the same in each run."""
    return hashlib.sha256(f"{stack.name}/{logical_id}".encode()).hexdigest().upper()
