"""How what AWS limits is measured in templates."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tools.assembly.assembly import Assembly, Resource
from tools.assembly.policies import resource_policies, roles

Measures = Iterator[tuple[str, int]]
"""Where something was measured, and how much it is."""
Measure = Callable[[Assembly], Measures]

MANAGED = "AWS::IAM::ManagedPolicy"


@dataclass(frozen=True)
class Quota:
    """One limit, and how to measure what it limits."""

    id: str
    what: str
    most: int
    measure: Measure
    page: str
    adjustable: bool = False
    """AWS gives more to whoever asks, so that it is a warning."""


def characters(document: Mapping[str, Any]) -> int:
    """Return the length of a policy without white space, as IAM counts it."""
    return len(re.sub(r"\s", "", json.dumps(document, separators=(",", ":"))))


def section(name: str) -> Measure:
    """Measure how many things a section of a template has."""
    return lambda assembly: ((stack.id, len(stack.template.get(name, {}))) for stack in assembly.stacks)


def inline(assembly: Assembly) -> Measures:
    """Measure all inline policies of a role together; a policy beside the role is one, too."""
    for role in roles(assembly).values():
        inside = [each["PolicyDocument"] for each in role.resource.properties.get("Policies", ())]
        beside = [one.properties["PolicyDocument"] for one in role.grants if one.kind != MANAGED]
        yield str(role.resource), sum(map(characters, [*inside, *beside]))


def of(kind: str, size: Callable[[Resource], int]) -> Measure:
    """Measure each resource of a type."""
    return lambda assembly: ((str(each), size(each)) for each in assembly.of(kind))


def policies(service: str, size: Callable[[Mapping[str, Any]], int]) -> Measure:
    """Measure the policies of the resources of one service."""
    return lambda assembly: (
        (str(each.holders[0]), size(each.document))
        for arn, each in resource_policies(assembly).items()
        if arn.split(":")[2] == service
    )


def count(kind: str, **properties: str) -> Measure:
    """Measure how many resources of a type there are that have these properties."""

    def measure(assembly: Assembly) -> Measures:
        found = [each for each in assembly.of(kind) if _has(each, properties)]
        yield from [("all stacks", len(found))] if found else []

    return measure


def _has(resource: Resource, properties: Mapping[str, str]) -> bool:
    text = json.dumps(resource.properties)
    return all(f'"{key}": "{value}"' in text for key, value in properties.items())


def hidden_too_short(assembly: Assembly) -> Measures:
    """Measure by how many seconds a function may run longer than its queue hides a message.

    Both have a default: 3 and 30 seconds.
    """
    for poller in assembly.of("AWS::Lambda::EventSourceMapping"):
        name = str(poller.properties.get("FunctionName", ""))
        function = assembly.at(name) or assembly.named("AWS::Lambda::Function", name)
        queue = assembly.at(str(poller.properties.get("EventSourceArn", "")))
        if function and queue and queue.kind == "AWS::SQS::Queue":
            runs = int(function.properties.get("Timeout", 3))
            yield str(poller), max(0, runs - int(queue.properties.get("VisibilityTimeout", 30)))
