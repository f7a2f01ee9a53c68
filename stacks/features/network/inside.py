"""What runs inside of the network: every function and job of the lake, whoever made it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from stacks.components.access.statements import LAMBDA

GLUE = "glue.amazonaws.com"
Runner = lambda_.CfnFunction | glue.CfnJob


@dataclass(frozen=True)
class Inside:
    """A function or job, and the role that it runs with."""

    runner: Runner
    role: iam.Role

    @property
    def service(self) -> str:
        """The service that runs it."""
        return LAMBDA if isinstance(self.runner, lambda_.CfnFunction) else GLUE


def stacks_of(app: cdk.App) -> list[cdk.Stack]:
    """Return the stacks of an app."""
    return [each for each in app.node.children if isinstance(each, cdk.Stack)]


def inside(app: cdk.App) -> list[Inside]:
    """Return all functions and jobs, but for those that somebody has put into a network already.

    Raises:
        TypeError: One runs with a role that is not of its stack, whose rights are not known.
    """
    return [found for stack in stacks_of(app) for found in _of_stack(stack)]


def _of_stack(stack: cdk.Stack) -> Iterator[Inside]:
    nodes = stack.node.find_all()
    roles = {_text(stack, each.role_arn): each for each in nodes if isinstance(each, iam.Role)}
    for each in nodes:
        if isinstance(each, Runner) and not _is_elsewhere(each):
            role = roles.get(_text(stack, each.role))
            if role is None:
                raise TypeError(f"{each.node.path} runs with a role that is not of its stack: make one there")
            yield Inside(each, role)


def _is_elsewhere(runner: Runner) -> bool:
    return (runner.vpc_config if isinstance(runner, lambda_.CfnFunction) else runner.connections) is not None


def outside(app: cdk.App, within: list[Inside]) -> list[iam.Role]:
    """Return the roles with which AWS's services ask S3 from networks of their own."""
    runs = {each.role.node.path for each in within}
    return [
        each
        for stack in stacks_of(app)
        for each in stack.node.find_all()
        if isinstance(each, iam.Role)
        and each.node.path not in runs
        and _is_of_services(each)
        and any(action.startswith("s3:") for action in actions_of(each))
    ]


def actions_of(role: iam.Role) -> set[str]:
    """Return the actions that the policies of a role allow."""
    stack = cdk.Stack.of(role)
    policies = [each for each in role.node.find_all() if isinstance(each, iam.CfnPolicy)]
    return {
        action
        for policy in policies
        for statement in stack.resolve(policy.policy_document)["Statement"]
        if statement["Effect"] == "Allow"
        for action in _list(statement["Action"])
    }


def _is_of_services(role: iam.Role) -> bool:
    resource = role.node.default_child
    trust = cdk.Stack.of(role).resolve(getattr(resource, "assume_role_policy_document", None))
    return any("Service" in each["Principal"] for each in trust["Statement"])


def _text(stack: cdk.Stack, value: object) -> str:
    return json.dumps(stack.resolve(value))


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
