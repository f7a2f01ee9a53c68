"""Templates are read whole: stacks, order, roles with all that bounds them, policies of resources."""

import json
from pathlib import Path
from typing import Any

import pytest

from config.faults import InvalidInputError
from tools.assembly.assembly import Assembly
from tools.assembly.policies import resource_policies, roles

ALLOW = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
TRUST = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "glue"}}]}
RESOURCES: dict[str, Any] = {
    "Limit": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {}}},
    "Role": {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": TRUST,
            "Policies": [{"PolicyName": "in", "PolicyDocument": ALLOW}],
            "ManagedPolicyArns": [{"Ref": "Shared"}, "arn:aws:iam::aws:policy/ReadOnlyAccess"],
            "PermissionsBoundary": {"Ref": "Limit"},
        },
    },
    "Shared": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Id": "shared"}}},
    "Beside": {
        "Type": "AWS::IAM::Policy",
        "Properties": {"PolicyName": "p", "PolicyDocument": {"Id": "p"}, "Roles": [{"Ref": "Role"}]},
    },
    "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": {"Sid": "Key"}}}},
    "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}},
    "QueuePolicy": {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {"Queues": [{"Ref": "Queue"}], "PolicyDocument": {"Statement": [{"Sid": "Queue"}]}},
    },
    "Permit": {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "FunctionName": "f", "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com",
            "SourceArn": "arn:aws:events:us-east-1:123456789012:rule/r",
        },
    },
    "Permit2": {
        "Type": "AWS::Lambda::Permission",
        "Properties": {"FunctionName": "f", "Action": "lambda:InvokeFunction", "Principal": "111122223333"},
    },
    "Job": {
        "Type": "AWS::Glue::Job",
        "DependsOn": ["Beside"],
        "Properties": {"Name": "j", "Role": {"Fn::Sub": "${Role.Arn}"}},
    },
}  # fmt: skip


@pytest.fixture
def assembly(tmp_path: Path) -> Assembly:
    (tmp_path / "One.template.json").write_text(json.dumps({"Resources": RESOURCES}))
    return Assembly.of_folder(tmp_path)


def test_role_has_every_policy_that_is_known_and_names_the_others(assembly: Assembly) -> None:
    [role] = roles(assembly).values()
    assert [document.get("Id", "in") for document in role.policies] == ["in", "p", "shared"]
    assert role.boundary == {}
    assert role.unknown == ("arn:aws:iam::aws:policy/ReadOnlyAccess",)
    assert role.trust == TRUST
    assert [str(each) for each in role.grants] == ["One/Beside"]


def test_policies_of_resources_are_found_by_their_arns(assembly: Assembly) -> None:
    found = resource_policies(assembly)
    sids = {
        arn.split(":")[2]: [one.get("Sid") for one in each.document["Statement"]]
        for arn, each in found.items()
    }
    assert sids == {"kms": ["Key"], "sqs": ["Queue"], "lambda": [None, None]}
    function = found["arn:aws:lambda:us-east-1:123456789012:function:f"]
    assert [str(each) for each in function.holders] == ["One/Permit", "One/Permit2"]
    service, account = function.document["Statement"]
    assert service["Principal"] == {"Service": "events.amazonaws.com"}
    assert service["Condition"] == {
        "ArnLike": {"aws:SourceArn": "arn:aws:events:us-east-1:123456789012:rule/r"}
    }
    assert account["Principal"] == {"AWS": "111122223333"}
    assert account["Condition"] == {}


def test_resource_comes_after_what_it_names_however_it_does(assembly: Assembly) -> None:
    resources = {each.id: each for each in assembly.resources}
    for earlier in ("Beside", "Role", "Limit"):
        assert assembly.comes_after(resources["Job"], resources[earlier]), earlier
    assert not assembly.comes_after(resources["Job"], resources["Queue"])
    assert assembly.at("arn:aws:glue:us-east-1:123456789012:job/j") is resources["Job"]
    assert assembly.named("AWS::SQS::Queue", "q") is resources["Queue"]


def test_assembly_tells_names_places_and_the_order_of_stacks_nested_ones_included(tmp_path: Path) -> None:
    nested = tmp_path / "assembly-Prod"
    nested.mkdir()
    stack = {"type": "aws:cloudformation:stack", "environment": "aws://111122223333/eu-west-1"}
    one = {**stack, "properties": {"templateFile": "One.json", "stackName": "lake-one"}}
    two = {**stack, "properties": {"templateFile": "Two.json"}, "dependencies": ["One", "One.assets"]}
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {"Prod": stage}}))
    artifacts = {"One": one, "Two": two, "One.assets": {"type": "cdk:asset-manifest"}}
    (nested / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    for name in ("One", "Two"):
        queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name}}
        (nested / f"{name}.json").write_text(json.dumps({"Resources": {"Queue": queue}}))
    assembly = Assembly.of_folder(tmp_path)
    first, second = assembly.stacks
    assert (first.name, first.account, first.region) == ("lake-one", "111122223333", "eu-west-1")
    assert second.needs == ("One",)
    before, after = assembly.resources
    assert assembly.comes_after(after, before)
    assert not assembly.comes_after(before, after)


def test_folder_without_templates_or_with_a_broken_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="no template"):
        Assembly.of_folder(tmp_path)
    (tmp_path / "One.template.json").write_text("{")
    with pytest.raises(InvalidInputError, match=r"One\.template\.json"):
        Assembly.of_folder(tmp_path)


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_partition_follows_from_the_region(region: str, partition: str, tmp_path: Path) -> None:
    (tmp_path / "T.json").write_text("{}")
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": f"aws://111122223333/{region}",
        "properties": {"templateFile": "T.json"},
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {"T": artifact}}))
    [stack] = Assembly.of_folder(tmp_path).stacks
    assert stack.partition == partition
