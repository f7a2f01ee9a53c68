"""What holds data or keys, and whether a change makes it anew, deletes it, or interrupts something else."""

import json
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

import cfnlint.data.AdditionalSpecs

from tools.assembly.assembly import Resource
from tools.assembly.folder import Stack
from tools.upgrade.crossing import Crossing, crossings
from tools.upgrade.deployment import Deployment
from tools.upgrade.finding import Finding, Kind
from tools.upgrade.interruptions import interruptions
from tools.upgrade.updates import Replacement, replacement

_KNOWN = frozenset(
    json.loads(files(cfnlint.data.AdditionalSpecs).joinpath("StatefulResources.json").read_text())[
        "ResourceTypes"
    ]
)
"""Types that cfn-lint knows to hold state: https://github.com/aws-cloudformation/cfn-lint rule I3011."""

_CALLED = {
    "AWS::ApiGateway::RestApi": "its address",
    "AWS::Athena::WorkGroup": "its name",
    "AWS::KinesisFirehose::DeliveryStream": "its name",
    "AWS::SNS::Topic": "its ARN",
    "AWS::SSM::Parameter": "its path",
}
"""Types that hold nothing, but that others outside of the lake know, and by what."""

_VERSIONS = {"AWS::Lambda::LayerVersion", "AWS::Lambda::Version", "AWS::ApiGateway::Deployment"}
"""Types that are made anew whenever their content changes; whoever uses the old one does so until then."""

_KEPT = ("Retain", "RetainExceptOnCreate")


def keeps(resource: Resource) -> bool:
    """Whether a resource holds data or keys: its type is known for that, or its template retains it."""
    raw = resource.stack.resources[resource.id]
    return resource.kind in _KNOWN or raw.get("DeletionPolicy") in (*_KEPT, "Snapshot")


def ends(old: Deployment, new: Deployment) -> Iterator[Finding]:
    """Yield what is made anew, what goes, and what that comes to in other stacks."""
    for stack in sorted(old.stacks - new.stacks):
        held = sum(keeps(each) for each in old.assembly.resources if each.stack.id == stack)
        why = (
            f"`cdk deploy` leaves it and the {held} resources with data in it, which nothing updates any more"
        )
        yield Finding(Kind.DELETED, stack, "the stack", why)
    for place, resource in old.resources.items():
        if place not in new.resources and resource.stack.id in new.stacks:
            yield _gone(resource)
    anew = _anew(old, new)
    for place, found in sorted(anew.items()):
        if old.resources[place].kind not in _VERSIONS:
            yield _replaced(old.resources[place], found)
    yield from crossings(old, new, anew)
    yield from interruptions(old, new, anew)


def _anew(old: Deployment, new: Deployment) -> dict[str, Replacement]:
    """Return what is made anew by place: for itself, or because it refers to what is, in whatever stack."""
    both = [
        (place, old.resources[place], new.resources[place]) for place in {*old.resources} & {*new.resources}
    ]
    crossing = Crossing(new.assembly)
    found: dict[str, Replacement] = {}

    def follows(stack: Stack) -> Callable[[Any], bool]:
        return lambda value: any(place in found for place in crossing.places(stack, value))

    while True:
        more = {
            place: why
            for place, before, after in both
            if place not in found and (why := replacement(before, after, follows(after.stack)))
        }
        if not more:
            return found
        found |= more


def _replaced(resource: Resource, found: Replacement) -> Finding:
    what = f"{resource.kind}: {found.because}"
    perhaps = "" if found.certain else "it may depend on the values: "
    if keeps(resource):
        kept = resource.stack.resources[resource.id].get("UpdateReplacePolicy") in _KEPT
        fate = "stays, but nothing uses it" if kept else "is deleted with all that it holds"
        return Finding(
            Kind.REPLACED,
            str(resource),
            what,
            f"{perhaps}CloudFormation makes an empty one; the old one {fate}",
        )
    if known_by := _CALLED.get(resource.kind):
        why = f"{perhaps}CloudFormation makes another one; who knows it by {known_by} loses it"
        return Finding(Kind.REPLACED, str(resource), what, why)
    return Finding(Kind.INTERRUPTED, str(resource), what, f"{perhaps}CloudFormation makes another one")


def _gone(resource: Resource) -> Finding:
    place = str(resource)
    if keeps(resource):
        kept = resource.stack.resources[resource.id].get("DeletionPolicy") in _KEPT
        fate = (
            "it stays in the account, outside of any stack; one of the same name cannot be made again"
            if kept
            else "it is deleted with all that it holds"
        )
        return Finding(Kind.DELETED, place, resource.kind, fate)
    if known_by := _CALLED.get(resource.kind):
        return Finding(Kind.DELETED, place, resource.kind, f"who knows it by {known_by} loses it")
    return Finding(Kind.INTERRUPTED, place, f"{resource.kind} goes", "what it did is done no more")
