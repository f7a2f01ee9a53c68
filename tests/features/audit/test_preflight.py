"""Faults that keep a trail from being made are told by `lake preflight`."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fixtures.environments import LIVE
from tests.infra.preflight.planting import Copy, Faults, Planted, is_seen
from tools.assembly.folder import read

KEY, ROLE = "AWS::KMS::Key", "AWS::IAM::Role"
POLICY = "AWS::S3::BucketPolicy"
TRAIL = "AWS::CloudTrail::Trail"
GITHUB = "https://github.com/"
ENVIRONMENT = replace(LIVE, features=("audit",))

fault = Faults()


@fault("trail-bucket-acl", "Audit/OwnTrail", f"{GITHUB}aws/aws-cdk/issues/11602")
def trail_is_made_before_the_policy_of_its_bucket(copy: Copy) -> None:
    del copy.resource("Audit", "OwnTrail", TRAIL)["DependsOn"]


@fault("trail-objects", "Audit/OwnTrail")
def bucket_takes_files_of_another_account(copy: Copy) -> None:
    statement = copy.statement("Audit", "OwnTrail", "TrailWrite", POLICY)
    statement["Resource"] = "arn:aws:s3:::any/AWSLogs/123456789012/*"


@fault("trail-key", "Audit/OwnTrail", f"{GITHUB}trussworks/terraform-aws-cloudtrail/issues/186")
def key_knows_a_trail_of_another_name(copy: Copy) -> None:
    copy.properties("Audit", "OwnTrail", TRAIL)["TrailName"] = "renamed"


@fault("trail-key-description", "Audit/OwnTrail")
def trail_describes_its_key_only_with_a_context(copy: Copy) -> None:
    statement = copy.statement("Foundation", "LogsKey", "TrailDescribes", KEY)
    statement["Condition"]["Null"] = {"kms:EncryptionContext:aws:cloudtrail:arn": "false"}


@fault("trail-logs-trust", "Audit/OwnTrail", f"{GITHUB}prowler-cloud/prowler/issues/4714")
def role_of_a_trail_demands_a_source_that_is_not_sent(copy: Copy) -> None:
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }
    copy.add("Audit", "TrailRole", ROLE, AssumeRolePolicyDocument={"Statement": [trust]})
    copy.add("Audit", "TrailLogs", "AWS::Logs::LogGroup", LogGroupName="trail")
    copy.properties("Audit", "OwnTrail", TRAIL).update(
        CloudWatchLogsRoleArn={"Fn::GetAtt": ["TrailRole", "Arn"]},
        CloudWatchLogsLogGroupArn={"Fn::GetAtt": ["TrailLogs", "Arn"]},
    )


@pytest.mark.parametrize("planted", list(fault), ids=str)
def test_planted_fault_is_seen(planted: Planted, assemble: Callable[..., Path]) -> None:
    is_seen(planted, Copy(read(assemble(ENVIRONMENT))))
