"""The stacks of an environment as CloudFormation has them: found, changed, deleted, waited for."""

import json
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from config.naming import Naming
from tools.ops.removal.templates import Json
from tools.ops.target import Account, OperationError

_CHANGEABLE = {f"{what}_COMPLETE" for what in ("CREATE", "UPDATE", "UPDATE_ROLLBACK", "IMPORT")}
_STUCK = {"UPDATE_ROLLBACK_FAILED", "UPDATE_FAILED"}
_INLINE_MAX = 51_200
"""Longest template in a request; a longer one is read from S3.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""
_PLATFORM = {"Foundation": 4, "Storage": 3, "Governance": 2, "Ingestion": 2, "Analytics": 2}
_SHARED_PART = re.compile(r"Domain(?!.*Part\d+$)")
_FIRST_LOOK_SECONDS, _LATER_LOOKS_SECONDS = 0.25, 8.0
_PATIENCE_SECONDS = 3600.0


@dataclass(frozen=True)
class Stack:
    """One stack of the environment."""

    name: str
    id: str
    status: str

    @property
    def changeable(self) -> bool:
        """Whether it can be updated; one whose creation failed can only be deleted."""
        return self.status in _CHANGEABLE


def waves(naming: Naming, stacks: Iterable[Stack]) -> list[list[Stack]]:
    """Group stacks that can be deleted at once, users before what they use."""
    ranked: dict[int, list[Stack]] = {}
    for stack in stacks:
        short = stack.name.removeprefix(naming.stack(""))
        rank = _PLATFORM.get(short, 1 if _SHARED_PART.match(short) else 0)
        ranked.setdefault(rank, []).append(stack)
    return [ranked[rank] for rank in sorted(ranked)]


class Stacks:
    """What CloudFormation knows of one environment."""

    def __init__(self, account: Account) -> None:
        """Look at the stacks of an environment."""
        self._account = account
        self._client = account.client("cloudformation")

    def find(self) -> list[Stack]:
        """Return the environment's stacks, known by name and by tags, once none is being changed.

        Raises:
            OperationError: One waits for a decision of its owner.
        """
        ended = [self._ended(stack) for stack in self._all()]
        found = [stack for stack in ended if stack.status != "DELETE_COMPLETE"]
        if stuck := [stack for stack in found if stack.status in _STUCK]:
            raise OperationError(
                f"got {', '.join(f'{one.name} in {one.status}' for one in stuck)}; allowed: stacks that can "
                "be changed; fix: aws cloudformation continue-update-rollback or rollback-stack, then repeat"
            )
        return found

    def template(self, stack: Stack) -> Json:
        """Return the deployed template.

        Raises:
            OperationError: It is none that the CDK deployed, which are JSON.
        """
        body = self._client.get_template(StackName=stack.id)["TemplateBody"]
        if isinstance(body, str):
            raise OperationError(
                f"got {stack.name} with a template in YAML; allowed: what `make deploy` deploys"
            )
        return dict(body)

    def resources(self, stack: Stack) -> list[tuple[str, str]]:
        """Return type and physical id of what is still in a stack."""
        pages = self._client.get_paginator("list_stack_resources").paginate(StackName=stack.id)
        return [
            (one["ResourceType"], one["PhysicalResourceId"])
            for page in pages
            for one in page["StackResourceSummaries"]
            if one["ResourceStatus"] != "DELETE_COMPLETE" and one.get("PhysicalResourceId")
        ]

    def change(self, stack: Stack, template: Json) -> None:
        """Begin to deploy a changed template, with the parameters that the stack has."""
        names = template.get("Parameters", {})
        self._client.update_stack(
            StackName=stack.id,
            **self._body(stack, template),
            Parameters=[{"ParameterKey": name, "UsePreviousValue": True} for name in names],
            Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )

    def delete(self, stack: Stack) -> None:
        """Begin to delete a stack, whatever protects it."""
        self._client.update_termination_protection(StackName=stack.id, EnableTerminationProtection=False)
        self._client.delete_stack(StackName=stack.id)

    def wait(self, stacks: Iterable[Stack], operation: str) -> list[tuple[Stack, str]]:
        """Wait until an `UPDATE` or a `DELETE` of each stack has ended; return where it failed, and why."""
        ended = [self._ended(stack, operation) for stack in stacks]
        return [(stack, self._why(stack)) for stack in ended if stack.status != f"{operation}_COMPLETE"]

    def _all(self) -> list[Stack]:
        settings = self._account.settings
        tags = {"project": settings.project, "environment": settings.environment}
        pages = self._client.get_paginator("describe_stacks").paginate()
        return [
            _stack(one)
            for page in pages
            for one in page["Stacks"]
            if one["StackName"].startswith(settings.naming.stack(""))
            and tags.items() <= {tag["Key"]: tag["Value"] for tag in one.get("Tags", [])}.items()
        ]

    def _ended(self, stack: Stack, operation: str = "") -> Stack:
        pause, deadline = _FIRST_LOOK_SECONDS, time.monotonic() + _PATIENCE_SECONDS
        while True:
            [answer] = self._client.describe_stacks(StackName=stack.id)["Stacks"]
            now = _stack(answer)
            changing = now.status.endswith("_IN_PROGRESS") and now.status != "REVIEW_IN_PROGRESS"
            if now.status.startswith(operation) and not changing:
                return now
            if time.monotonic() > deadline:
                raise OperationError(f"{stack.name} is still {now.status}; fix: see its events, then repeat")
            time.sleep(pause)
            pause = min(2 * pause, _LATER_LOOKS_SECONDS)

    def _why(self, stack: Stack) -> str:
        events = self._client.get_paginator("describe_stack_events").paginate(StackName=stack.id)
        reasons: dict[str, str] = {}
        for page in events:
            for one in page["StackEvents"]:  # the newest first
                if one["ResourceStatus"].endswith("_FAILED"):
                    reasons.setdefault(one["LogicalResourceId"], one.get("ResourceStatusReason", ""))
        told = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
        return f"{stack.name} is {stack.status}: {told}"

    def _body(self, stack: Stack, template: Json) -> dict[str, str]:
        text = json.dumps(template, separators=(",", ":"))
        if len(text.encode()) <= _INLINE_MAX:
            return {"TemplateBody": text}
        s3, bucket = self._account.client("s3"), self._account.settings.naming.bucket("access-logs")
        key = f"removal/{stack.name}.json"
        s3.put_object(Bucket=bucket, Key=key, Body=text.encode())
        return {"TemplateURL": f"{s3.meta.endpoint_url}/{bucket}/{key}"}


def _stack(answer: dict[str, Any]) -> Stack:
    return Stack(answer["StackName"], answer["StackId"], answer["StackStatus"])
