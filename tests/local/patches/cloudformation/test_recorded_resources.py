from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws

PIPELINE = {"Type": "AWS::CodePipeline::Pipeline", "Properties": {"RoleArn": "role", "Stages": []}}
KEYSPACE = {"Type": "AWS::Cassandra::Keyspace", "Properties": {"KeyspaceName": "a"}}


def recorded(aws: EmbeddedAws, stack: str) -> set[tuple[str, str]]:
    return {(one["type"], one["logical_id"]) for one in aws.recorded_resources() if one["stack"] == stack}


def test_missing_types_are_recorded_when_a_stack_has_them(
    embedded_aws: EmbeddedAws, deploy: Callable[..., dict[str, str]]
) -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "Pipeline"}}}
    arn = {"Fn::GetAtt": ["Pipeline", "Arn"]}
    outputs = deploy(
        "recorded",
        {"Pipeline": PIPELINE, "Keyspace": KEYSPACE, "Topic": topic},
        {"Arn": arn, "Name": {"Ref": "Pipeline"}},
    )
    assert outputs["Arn"] == f"arn:aws:codepipeline:us-east-1:000000000000:pipeline/{outputs['Name']}"
    assert recorded(embedded_aws, "recorded") == {
        ("AWS::CodePipeline::Pipeline", "Pipeline"),
        ("AWS::Cassandra::Keyspace", "Keyspace"),
    }
    assert embedded_aws.recorded_only()["AWS::CodePipeline::Pipeline"] == 1


def test_recorded_resources_keep_their_identity_when_the_stack_is_updated(
    embedded_aws: EmbeddedAws, deploy: Callable[..., dict[str, str]]
) -> None:
    before = deploy("changing", {"Pipeline": PIPELINE, "Keyspace": KEYSPACE}, {"Name": {"Ref": "Pipeline"}})
    changed = {**PIPELINE, "Properties": {"RoleArn": "another", "Stages": []}}
    after = deploy("changing", {"Pipeline": changed}, {"Name": {"Ref": "Pipeline"}})
    assert after == before
    assert recorded(embedded_aws, "changing") == {("AWS::CodePipeline::Pipeline", "Pipeline")}


def test_recorded_resource_is_replaced_when_a_fixed_property_changes(
    embedded_aws: EmbeddedAws, deploy: Callable[..., dict[str, str]]
) -> None:
    def named(name: str) -> dict[str, Any]:
        return {**PIPELINE, "Properties": {"RoleArn": "role", "Stages": [], "Name": name}}

    deploy("replacing", {"Pipeline": named("one")})
    outputs = deploy("replacing", {"Pipeline": named("two")}, {"Name": {"Ref": "Pipeline"}})
    assert outputs == {"Name": "two"}
    assert recorded(embedded_aws, "replacing") == {("AWS::CodePipeline::Pipeline", "Pipeline")}


def test_recorded_resources_are_forgotten_when_the_stack_is_deleted(
    embedded_aws: EmbeddedAws, deploy: Callable[..., dict[str, str]], wait_for: Callable[..., Any]
) -> None:
    deploy("leaving", {"Pipeline": PIPELINE})
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
