"""What is interrupted although it stays, and what is switched off, is told and needs no approval."""

from typing import Any

import pytest

from tools.assembly.assembly import Assembly
from tools.assembly.folder import Stack
from tools.upgrade.deployment import Deployment
from tools.upgrade.finding import Finding, Kind
from tools.upgrade.interruptions import interruptions

Json = dict[str, Any]


def told(kind: str, old: Json, new: Json, *anew: str) -> list[Finding]:
    return list(interruptions(deployment(kind, old), deployment(kind, new), anew))


def deployment(kind: str, properties: Json) -> Deployment:
    template = {"Resources": {"R": {"Type": kind, "Properties": properties}}}
    made = Stack("Stack", "Stack", "111111111111", "eu-west-1", template)
    return Deployment(Assembly((made,)), {})


@pytest.mark.parametrize(
    ("kind", "old", "new", "what"),
    [
        ("AWS::RDS::DBInstance", {"DBInstanceClass": "a"}, {"DBInstanceClass": "b"}, "DBInstanceClass"),
        ("AWS::EMRServerless::Application", {"ReleaseLabel": "a"}, {"ReleaseLabel": "b"}, "ReleaseLabel"),
        ("AWS::LakeFormation::Resource", {}, {"UseServiceLinkedRole": True}, "UseServiceLinkedRole"),
        (
            "AWS::KinesisFirehose::DeliveryStream",
            {"ExtendedS3DestinationConfiguration": {"BucketARN": "a"}},
            {"RedshiftDestinationConfiguration": {"RoleARN": "a"}},
            "RedshiftDestinationConfiguration",
        ),
        ("AWS::Events::Rule", {"State": "ENABLED"}, {"State": "DISABLED"}, "State is DISABLED"),
        ("AWS::Events::Rule", {}, {"State": "DISABLED"}, "State is DISABLED"),
        ("AWS::Lambda::EventSourceMapping", {}, {"Enabled": False}, "Enabled is False"),
        (
            "AWS::Lambda::Function",
            {"ReservedConcurrentExecutions": 5},
            {"ReservedConcurrentExecutions": 0},
            "ReservedConcurrentExecutions is 0",
        ),
        ("AWS::CloudWatch::Alarm", {}, {"ActionsEnabled": "false"}, "ActionsEnabled is false"),
    ],
)
def test_change_that_interrupts_or_stops_is_told(kind: str, old: Json, new: Json, what: str) -> None:
    [found] = told(kind, old, new)
    assert (found.kind, found.place, found.what) == (Kind.INTERRUPTED, "Stack/R", f"{kind}: {what}")
    assert not found.dangerous
    assert told(kind, new, new) == []
    assert told(kind, old, new, "Stack/R") == []


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("AWS::RDS::DBInstance", {"AllocatedStorage": 1}, {"AllocatedStorage": 2}),
        ("AWS::Events::Rule", {"State": "DISABLED"}, {"State": "ENABLED"}),
        ("AWS::Lambda::Function", {}, {"ReservedConcurrentExecutions": 1}),
        (
            "AWS::KinesisFirehose::DeliveryStream",
            {"ExtendedS3DestinationConfiguration": {"BucketARN": "a"}},
            {"ExtendedS3DestinationConfiguration": {"BucketARN": "b"}},
        ),
    ],
)
def test_change_that_interrupts_nothing_is_not_told(kind: str, old: Json, new: Json) -> None:
    assert told(kind, old, new) == []
