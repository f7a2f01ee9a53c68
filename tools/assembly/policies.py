"""Who may do what, as templates say it: roles with their policies, and the policies of resources."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tools.assembly.assembly import Assembly, Resource

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Role:
    """A role that the templates make."""

    arn: str
    resource: Resource
    trust: Document
    policies: tuple[Document, ...]
    """Inline ones, those attached, and managed ones whose text is in the templates."""
    boundary: Document | None
    unknown: tuple[str, ...]
    """ARNs of managed policies, a boundary among them, whose text is not in the templates."""
    grants: tuple[Resource, ...]
    """The resources beside the role that hold its policies."""


def roles(assembly: Assembly) -> dict[str, Role]:
    """Return every role by its ARN."""
    attached: dict[str, list[Resource]] = defaultdict(list)
    for policy in assembly.of("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy"):
        for name in [*policy.properties.get("Roles", ()), policy.properties.get("RoleName")]:
            attached[str(name)].append(policy)
    managed = {each.arn: each.properties["PolicyDocument"] for each in assembly.of("AWS::IAM::ManagedPolicy")}
    found = (_role(role, attached[role.name], managed) for role in assembly.of("AWS::IAM::Role"))
    return {role.arn: role for role in found}


def _role(role: Resource, grants: list[Resource], managed: Mapping[str, Document]) -> Role:
    properties = role.properties
    inline = [each["PolicyDocument"] for each in properties.get("Policies", ())]
    beside = [each.properties["PolicyDocument"] for each in grants]
    named = list(properties.get("ManagedPolicyArns", ()))
    boundary = str(properties.get("PermissionsBoundary", ""))
    return Role(
        arn=role.arn,
        resource=role,
        trust=properties["AssumeRolePolicyDocument"],
        policies=(*inline, *beside, *(managed[arn] for arn in named if arn in managed)),
        boundary=managed.get(boundary),
        unknown=tuple(arn for arn in (*named, boundary) if arn and arn not in managed),
        grants=tuple(grants),
    )


@dataclass(frozen=True)
class ResourcePolicy:
    """The policy of a resource, put together from all that the templates attach to it."""

    arn: str
    document: Document
    holders: tuple[Resource, ...]
    """The resources of the templates that hold its parts: of a key the key, of a bucket its policy."""


def resource_policies(assembly: Assembly) -> dict[str, ResourcePolicy]:
    """Return the policies of keys, buckets, queues, topics, secrets and functions, by their ARNs."""
    statements: dict[str, list[Any]] = defaultdict(list)
    holders: dict[str, list[Resource]] = defaultdict(list)
    for holder, arn, document in _parts(assembly):
        found = document.get("Statement", [])
        statements[arn] += [found] if isinstance(found, Mapping) else found
        holders[arn].append(holder)
    return {
        arn: ResourcePolicy(arn, {"Version": "2012-10-17", "Statement": found}, tuple(holders[arn]))
        for arn, found in statements.items()
    }


def _parts(assembly: Assembly) -> Iterator[tuple[Resource, str, Document]]:
    for kind, (arns, document) in _HOLDERS.items():
        for each in assembly.of(kind):
            for arn in arns(each):
                yield each, arn, each.properties.get(document, {})
    for each in assembly.of("AWS::Lambda::Permission"):
        yield each, *_permission(each)


def _queue(url: str, policy: Resource) -> str:
    account, name = url.split("/")[-2:]
    return f"arn:{policy.stack.partition}:sqs:{policy.stack.region}:{account}:{name}"


def _permission(permission: Resource) -> tuple[str, Document]:
    """A permission as the statement that Lambda makes of it.

    https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
    """
    properties, stack = permission.properties, permission.stack
    function = str(properties["FunctionName"])
    if not function.startswith("arn:"):
        function = f"arn:{stack.partition}:lambda:{stack.region}:{stack.account}:function:{function}"
    who = str(properties["Principal"])
    keys = {
        "StringEquals": {"aws:SourceAccount": properties.get("SourceAccount")},
        "ArnLike": {"aws:SourceArn": properties.get("SourceArn")},
    }
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": who} if re.search(r"\.amazonaws\.com", who) else {"AWS": who},
        "Action": properties["Action"],
        "Resource": function,
        "Condition": {operator: key for operator, key in keys.items() if None not in key.values()},
    }
    return function, {"Statement": [statement]}


_HOLDERS: Mapping[str, tuple[Callable[[Resource], list[str]], str]] = {
    "AWS::KMS::Key": (lambda key: [key.arn], "KeyPolicy"),
    "AWS::S3::BucketPolicy": (
        lambda policy: [f"arn:{policy.stack.partition}:s3:::{policy.properties['Bucket']}"],
        "PolicyDocument",
    ),
    "AWS::SQS::QueuePolicy": (
        lambda policy: [_queue(str(url), policy) for url in policy.properties["Queues"]],
        "PolicyDocument",
    ),
    "AWS::SNS::TopicPolicy": (
        lambda policy: [str(topic) for topic in policy.properties["Topics"]],
        "PolicyDocument",
    ),
    "AWS::SecretsManager::ResourcePolicy": (
        lambda policy: [str(policy.properties["SecretId"])],
        "ResourcePolicy",
    ),
}
"""Types with the policy of a resource: the ARNs of whom it is of, and where it stands."""
