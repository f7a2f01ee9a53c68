"""What is larger than AWS takes it is told, and what is as large is not."""

from typing import Any

import pytest

from tools.assembly.assembly import Assembly
from tools.assembly.folder import Stack
from tools.preflight.measures import MANAGED
from tools.preflight.quotas import check


def _role(**properties: Any) -> dict[str, Any]:
    trust = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}]}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"RoleName": "r", "AssumeRolePolicyDocument": trust, **properties},
    }


def _document(length: int, *, blank: str = "") -> dict[str, Any]:
    """A policy of so many characters, without white space."""
    bare = {"Statement": [{"Sid": "", "Effect": "Allow", "Action": "s3:Get", "Resource": "*"}]}
    rest = length - len(str(bare).replace(" ", ""))
    return {"Statement": [{**bare["Statement"][0], "Sid": "x" * rest + blank}]}


def _beside(name: str, length: int) -> dict[str, Any]:
    properties = {"PolicyName": name, "PolicyDocument": _document(length), "Roles": [{"Ref": "Role"}]}
    return {"Type": "AWS::IAM::Policy", "Properties": properties}


def _queue(name: str, **more: Any) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name, **more}}


def _told(resources: dict[str, Any], size: int = 0) -> set[tuple[str, str]]:
    stack = Stack("S", "s", "111122223333", "eu-west-1", {"Resources": resources}, bytes=size)
    return {(each.edge, each.severity) for each in check(Assembly((stack,))).findings}


def _poller(runs: int, hidden: int) -> dict[str, Any]:
    return {
        "Queue": _queue("q", VisibilityTimeout=hidden),
        "Function": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "f", "Timeout": runs}},
        "Poller": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "FunctionName": {"Ref": "Function"},
                "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]},
            },
        },
    }


@pytest.mark.parametrize(
    ("quota", "most", "more", "severity"),
    [
        ("template-resources", {f"Q{n}": _queue(f"q{n}") for n in range(500)}, {"One": _queue("q")}, "error"),
        ("role-policy-size", {"Role": _role(), "A": _beside("a", 5_000), "B": _beside("b", 5_240)},
         {"B": _beside("b", 5_241)}, "error"),
        ("managed-policy-size",
         {"P": {"Type": MANAGED, "Properties": {"PolicyDocument": _document(6_144, blank=" ")}}},
         {"P": {"Type": MANAGED, "Properties": {"PolicyDocument": _document(6_145)}}}, "error"),
        ("role-managed-policies", {"Role": _role(ManagedPolicyArns=[f"arn:{n}" for n in range(10)])},
         {"Role": _role(ManagedPolicyArns=[f"arn:{n}" for n in range(11)])}, "warning"),
        ("streams-on-demand",
         {f"S{n}": {"Type": "AWS::Kinesis::Stream", "Properties": {
             "Name": f"s{n}", "StreamModeDetails": {"StreamMode": "ON_DEMAND"}}} for n in range(50)},
         {"More": {"Type": "AWS::Kinesis::Stream", "Properties": {
             "Name": "s", "StreamModeDetails": {"StreamMode": "ON_DEMAND"}}}}, "warning"),
        ("queue-hides-long-enough", _poller(60, 60), _poller(61, 60), "error"),
        ("name-sqs-queue", {"Q": _queue("q" * 80)}, {"Q": _queue("q" * 81)}, "error"),
    ],
)  # fmt: skip
def test_limit_is_told_one_beyond_it(
    quota: str, most: dict[str, Any], more: dict[str, Any], severity: str
) -> None:
    assert _told(most) == set()
    assert _told({**most, **more}) == {(quota, severity)}


def test_template_is_told_that_is_larger_than_cloudformation_reads() -> None:
    assert _told({}, 1_000_000) == set()
    assert _told({}, 1_000_001) == {("template-size", "error")}
