"""What the roles of a deployed lake may do, and why some of it is needed though a run does not ask for it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from local.lake.lake import LocalLake
from stacks.components.access.statements import NOT_ASKED
from tools.assembly.folder import Stack, read
from tools.assembly.values import Values

_LOGICAL_ID = "aws:cdk:logicalId"


class Grant(NamedTuple):
    """One action on one resource that a policy of a role allows."""

    role: str
    action: str
    resource: str


@dataclass(frozen=True)
class Reason:
    """Why a role needs what nothing asked for."""

    role: str
    actions: frozenset[str]
    resources: frozenset[str]
    text: str
    never: bool
    """Whether no run asks for it; else some do."""

    def covers(self, grant: Grant) -> bool:
        """Whether it is about this grant; one about everything of a role names `*`."""
        if grant.role != self.role:
            return False
        if "*" in self.actions:
            return True
        return grant.action in self.actions and _key(grant.resource) in map(_key, self.resources)


def _key(arn: str) -> str:
    """An ARN, or of keys one for all, as their ids are made when they are deployed."""
    return re.sub(r"^(arn:aws:kms:.*:key/)[^*]+$", r"\1id", arn)


def granted(lake: LocalLake) -> set[Grant]:
    """Return what the policies of the lake's roles allow, as IAM has them."""
    return {
        grant
        for stack in read(lake.assembly)
        for role in _roles(lake, stack).values()
        for grant in _of(lake, role)
    }


def reasons(lake: LocalLake) -> list[Reason]:
    """Return what the stacks tell of grants that a run does not ask for."""
    stacks = read(lake.assembly)
    values = Values(stacks)
    return [each for stack in stacks for each in _told(lake, stack, values)]


def _roles(lake: LocalLake, stack: Stack) -> dict[str, str]:
    """Names of a stack's roles by their logical ids."""
    pages = lake.aws.client("cloudformation").get_paginator("list_stack_resources")
    return {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for page in pages.paginate(StackName=stack.name)
        for each in page["StackResourceSummaries"]
        if each["ResourceType"] == "AWS::IAM::Role"
    }


def _of(lake: LocalLake, role: str) -> Iterator[Grant]:
    iam = lake.aws.client("iam")
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for statement in document["Statement"]:
            if statement["Effect"] == "Allow":
                for action in _listed(statement["Action"]):
                    yield from (Grant(role, action, each) for each in _listed(statement["Resource"]))


def _told(lake: LocalLake, stack: Stack, values: Values) -> Iterator[Reason]:
    metadata = json.loads((lake.assembly / f"{stack.id}.metadata.json").read_text())
    roles = _roles(lake, stack)
    for path, entries in metadata.items():
        for said in (each["data"] for each in entries if each["type"] == NOT_ASKED):
            [logical] = [each["data"] for each in metadata[f"{path}/Resource"] if each["type"] == _LOGICAL_ID]
            resources = frozenset(map(str, values.literal(stack, said["resources"])))
            yield Reason(
                roles[logical],
                frozenset(said["actions"]),
                resources,
                said["reason"],
                said["asked"] == "never",
            )


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
