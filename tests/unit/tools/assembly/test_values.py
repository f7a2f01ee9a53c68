"""Intrinsic functions become the texts that CloudFormation would make of them."""

from typing import Any

import pytest

from tools.assembly.folder import Stack
from tools.assembly.values import Values

OTHER = Stack(
    "Other",
    "lake-other",
    "111122223333",
    "eu-west-1",
    {
        "Resources": {"Key": {"Type": "AWS::KMS::Key"}, "Bucket": {"Type": "AWS::S3::Bucket"}},
        "Outputs": {
            "KeyArn": {"Value": {"Fn::GetAtt": ["Key", "Arn"]}, "Export": {"Name": "the-key"}},
        },
    },
)
OWN = Stack(
    "Own",
    "lake-own",
    "111122223333",
    "eu-west-1",
    {
        "Parameters": {"Stage": {"Type": "String", "Default": "dev"}, "Version": {"Type": "String"}},
        "Conditions": {
            "IsDev": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]},
            "IsNot": {"Fn::Not": [{"Condition": "IsDev"}]},
            "Both": {"Fn::And": [{"Condition": "IsDev"}, {"Condition": "IsNot"}]},
            "Any": {"Fn::Or": [{"Condition": "IsDev"}, {"Condition": "IsNot"}]},
        },
        "Mappings": {"Sizes": {"dev": {"workers": 2}}},
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "lake-${Stage}"}}},
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "news"}},
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "reader", "Path": "/lake/"}},
            "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/aws/x"}},
            "Rule": {"Type": "AWS::Events::Rule", "Properties": {"Name": "tick", "EventBusName": "own"}},
            "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "door"}},
        },
    },
)
VALUES = Values((OTHER, OWN))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "AWS::AccountId"}, "111122223333"),
        ({"Ref": "AWS::Partition"}, "aws"),
        ({"Ref": "AWS::URLSuffix"}, "amazonaws.com"),
        ({"Ref": "Stage"}, "dev"),
        ({"Ref": "Version"}, "<Own.Version>"),
        ({"Ref": "Queue"}, "https://sqs.eu-west-1.amazonaws.com/111122223333/lake-dev"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "arn:aws:sqs:eu-west-1:111122223333:lake-dev"),
        ({"Fn::GetAtt": "Queue.QueueName"}, "lake-dev"),
        ({"Ref": "Topic"}, "arn:aws:sns:eu-west-1:111122223333:news"),
        ({"Fn::GetAtt": ["Role", "Arn"]}, "arn:aws:iam::111122223333:role/lake/reader"),
        ({"Ref": "Role"}, "reader"),
        ({"Fn::GetAtt": ["Logs", "Arn"]}, "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/x:*"),
        ({"Fn::GetAtt": ["Rule", "Arn"]}, "arn:aws:events:eu-west-1:111122223333:rule/own/tick"),
        ({"Fn::GetAtt": ["Api", "RootResourceId"]}, "<Own.Api.RootResourceId>"),
        ({"Fn::Join": ["/", ["a", {"Ref": "Stage"}]]}, "a/dev"),
        (
            {"Fn::Sub": "${AWS::Region}-${Role.Arn}-${!Left}"},
            "eu-west-1-arn:aws:iam::111122223333:role/lake/reader-${Left}",
        ),
        ({"Fn::Sub": ["${Who}", {"Who": {"Ref": "Role"}}]}, "reader"),
        ({"Fn::Select": [1, {"Fn::Split": [",", "a,b"]}]}, "b"),
        ({"Fn::Select": [3, {"Fn::Split": [",", "a,b"]}]}, "<['a', 'b'][3]>"),
        ({"Fn::If": ["IsDev", "yes", "no"]}, "yes"),
        ({"Fn::If": ["Both", "yes", "no"]}, "no"),
        ({"Fn::If": ["Any", "yes", "no"]}, "yes"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "workers"]}, 2),
        ({"a": {"Ref": "AWS::NoValue"}, "b": [{"Ref": "AWS::NoValue"}, 1]}, {"b": [1]}),
        ({"Fn::ToJsonString": {"a": {"Ref": "Stage"}}}, '{"a": "dev"}'),
        (
            {"Fn::GetStackOutput": {"StackName": "lake-other", "OutputName": "missing"}},
            "<lake-other.missing>",
        ),
        ({"Fn::ImportValue": "another"}, "<another>"),
    ],
)
def test_intrinsic_is_the_text_that_it_will_be(value: Any, expected: Any) -> None:
    assert VALUES.literal(OWN, value) == expected


def test_reference_across_stacks_is_the_other_resource_by_output_and_by_export() -> None:
    key = VALUES.literal(OTHER, {"Fn::GetAtt": ["Key", "Arn"]})
    assert key.startswith("arn:aws:kms:eu-west-1:111122223333:key/")
    output = {"Fn::GetStackOutput": {"StackName": "lake-other", "OutputName": "KeyArn"}}
    assert VALUES.literal(OWN, output) == key
    assert VALUES.literal(OWN, {"Fn::ImportValue": "the-key"}) == key


def test_name_that_cloudformation_makes_is_the_same_each_time_and_no_longer_than_a_role_may_be() -> None:
    made = VALUES.literal(OTHER, {"Ref": "Bucket"})
    assert made == VALUES.literal(OTHER, {"Ref": "Bucket"}) == made.lower()
    long = Stack("S", "s" * 90, "1" * 12, "eu-west-1", {"Resources": {"R" * 90: {"Type": "AWS::IAM::Role"}}})
    assert len(Values((long,)).literal(long, {"Ref": "R" * 90})) <= 64
