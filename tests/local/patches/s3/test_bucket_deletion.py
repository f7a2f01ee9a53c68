import json
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws

FAILING = {
    "Type": "Custom::Nothing",
    "Properties": {"ServiceToken": "arn:aws:lambda:us-east-1:000000000000:function:nothing"},
    "DependsOn": "Bucket",
}


def bucket(name: str, **policy: str) -> dict[str, Any]:
    return {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}, **policy}}


@pytest.fixture
def ended(embedded_aws: EmbeddedAws, wait_for: Callable[..., Any]) -> Callable[[str], str]:
    """Waits until a stack is not being changed, and returns its status."""
    cloudformation = embedded_aws.client("cloudformation")

    def status(stack_id: str) -> str:
        found = cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"]
        return str(found)

    return lambda stack_id: str(wait_for(lambda: status(stack_id), lambda one: "PROGRESS" not in one))


def names(aws: EmbeddedAws) -> set[str]:
    return {one["Name"] for one in aws.client("s3").list_buckets()["Buckets"]}


def test_stack_keeps_a_bucket_that_is_not_empty_and_deletes_it_once_it_is(
    embedded_aws: EmbeddedAws, deploy: Callable[..., Any], ended: Callable[[str], str]
) -> None:
    cloudformation, s3 = embedded_aws.client("cloudformation"), embedded_aws.client("s3")
    deploy("full", bucket("full-of-stack"))
    stack = cloudformation.describe_stacks(StackName="full")["Stacks"][0]["StackId"]
    s3.put_object(Bucket="full-of-stack", Key="one", Body=b"")
    cloudformation.delete_stack(StackName=stack)
    assert ended(stack) == "DELETE_FAILED"
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    assert "BucketNotEmpty" in " ".join(one.get("ResourceStatusReason", "") for one in events)
    s3.delete_object(Bucket="full-of-stack", Key="one")
    cloudformation.delete_stack(StackName=stack)
    assert ended(stack) == "DELETE_COMPLETE"
    assert "full-of-stack" not in names(embedded_aws)


@pytest.mark.parametrize(
    ("policy", "after_failed_creation"),
    [("Retain", True), ("RetainExceptOnCreate", False), ("Delete", False)],
)
def test_policy_decides_whether_a_failed_creation_leaves_its_bucket(
    embedded_aws: EmbeddedAws, ended: Callable[[str], str], policy: str, after_failed_creation: bool
) -> None:
    cloudformation, name = embedded_aws.client("cloudformation"), f"rolled-back-{policy.lower()}"
    template = {"Resources": {**bucket(name, DeletionPolicy=policy), "Failing": FAILING}}
    stack = cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))["StackId"]
    assert ended(stack) == "ROLLBACK_COMPLETE"
    assert (name in names(embedded_aws)) is after_failed_creation


@pytest.mark.parametrize(("policy", "kept"), [("RetainExceptOnCreate", True), ("Delete", False)])
def test_policy_decides_whether_a_deleted_stack_leaves_its_bucket(
    embedded_aws: EmbeddedAws,
    deploy: Callable[..., Any],
    ended: Callable[[str], str],
    policy: str,
    kept: bool,
) -> None:
    cloudformation, name = embedded_aws.client("cloudformation"), f"deleted-{policy.lower()}"
    deploy(name, bucket(name, DeletionPolicy=policy))
    stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName=stack)
    assert ended(stack) == "DELETE_COMPLETE"
    assert (name in names(embedded_aws)) is kept
