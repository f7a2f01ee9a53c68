from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws

TRAIL = {"Type": "AWS::CloudTrail::Trail", "Properties": {"IsLogging": True, "S3BucketName": "logs"}}
DETECTOR = {"Type": "AWS::GuardDuty::Detector", "Properties": {"Enable": True}}


def recorded(aws: EmbeddedAws, stack: str) -> set[tuple[str, str]]:
    return {(one["type"], one["logical_id"]) for one in aws.recorded_resources() if one["stack"] == stack}


def test_missing_types_are_recorded_when_a_stack_has_them(
    embedded_aws: EmbeddedAws, deploy: Callable[..., dict[str, str]]
) -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "Trail"}}}
    arn = {"Fn::GetAtt": ["Trail", "Arn"]}
    outputs = deploy(
        "recorded",
        {"Trail": TRAIL, "Detector": DETECTOR, "Topic": topic},
        {"Arn": arn, "Name": {"Ref": "Trail"}},
    )
    assert outputs["Arn"] == f"arn:aws:cloudtrail:us-east-1:000000000000:trail/{outputs['Name']}"
    assert recorded(embedded_aws, "recorded") == {
        ("AWS::CloudTrail::Trail", "Trail"),
        ("AWS::GuardDuty::Detector", "Detector"),
    }
    assert embedded_aws.recorded_only()["AWS::CloudTrail::Trail"] == 1


def test_recorded_resources_keep_their_identity_when_the_stack_is_updated(
    embedded_aws: EmbeddedAws, deploy: Callable[..., dict[str, str]]
) -> None:
    before = deploy("changing", {"Trail": TRAIL, "Detector": DETECTOR}, {"Name": {"Ref": "Trail"}})
    stopped = {**TRAIL, "Properties": {"IsLogging": False, "S3BucketName": "logs"}}
    after = deploy("changing", {"Trail": stopped}, {"Name": {"Ref": "Trail"}})
    assert after == before
    assert recorded(embedded_aws, "changing") == {("AWS::CloudTrail::Trail", "Trail")}


def test_recorded_resource_is_replaced_when_a_fixed_property_changes(
    embedded_aws: EmbeddedAws, deploy: Callable[..., dict[str, str]]
) -> None:
    def named(name: str) -> dict[str, Any]:
        return {**TRAIL, "Properties": {"IsLogging": True, "S3BucketName": "logs", "TrailName": name}}

    deploy("replacing", {"Trail": named("one")})
    outputs = deploy("replacing", {"Trail": named("two")}, {"Name": {"Ref": "Trail"}})
    assert outputs == {"Name": "two"}
    assert recorded(embedded_aws, "replacing") == {("AWS::CloudTrail::Trail", "Trail")}


def test_recorded_resources_are_forgotten_when_the_stack_is_deleted(
    embedded_aws: EmbeddedAws, deploy: Callable[..., dict[str, str]], wait_for: Callable[..., Any]
) -> None:
    deploy("leaving", {"Trail": TRAIL})
    embedded_aws.client("cloudformation").delete_stack(StackName="leaving")
    wait_for(lambda: not recorded(embedded_aws, "leaving"))


def test_type_is_refused_when_aws_does_not_have_it(deploy: Callable[..., dict[str, str]]) -> None:
    with pytest.raises(ClientError, match=r"Unrecognized resource types: \[AWS::Lake::House\]"):
        deploy("unknown", {"Thing": {"Type": "AWS::Lake::House"}})


def test_nothing_is_recorded_when_the_emulator_has_the_type(
    embedded_aws: EmbeddedAws, deploy: Callable[..., dict[str, str]]
) -> None:
    deploy("emulated", {"Queue": {"Type": "AWS::SQS::Queue"}})
    assert recorded(embedded_aws, "emulated") == set()
