"""What CloudFormation makes anew when a property changes.

Which properties those are, each type's schema in CloudFormation's registry says, as cfn-lint ships them:
`createOnlyProperties`, and those that are so in some cases alone.
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
No schema says which updates only interrupt a resource for a while: `interruptions` has those that pages tell.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError

from tools.assembly.assembly import Resource

_ANY_REGION = "us-east-1"
"""Whose schemas are asked where a region has none of a type."""

_CUSTOM = {"Custom::IcebergTable": ("Database", "Table")}
"""Properties of which the physical id is made: another one has CloudFormation make the resource anew.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-requesttypes-update.html
"""

_MISSING = object()


@dataclass(frozen=True)
class Replacement:
    """Why a resource is made anew."""

    properties: tuple[str, ...]
    """Names of those that change, with dots."""
    certain: bool = True
    """False where it depends on their values, or where nobody knows the type."""

    @property
    def because(self) -> str:
        """The properties, for people."""
        return ", ".join(self.properties)


def replacement(
    old: Resource, new: Resource, follows: Callable[[Any], bool] = lambda _: False
) -> Replacement | None:
    """Return why CloudFormation makes a resource anew, or None if it does not.

    Args:
        old: The resource as it was.
        new: The resource as it will be.
        follows: Whether a value of its template refers to something that is made anew, and so changes.
    """
    if old.kind != new.kind:
        return Replacement(("Type",))
    schema = _schema(new.kind, new.stack.region)
    if schema is None:
        changed = {
            each
            for each in {*old.properties, *new.properties}
            if old.properties.get(each) != new.properties.get(each)
        }
        return Replacement(tuple(sorted(changed)), certain=False) if changed else None
    for key, certain in (("createOnlyProperties", True), ("conditionalCreateOnlyProperties", False)):
        pointers = [*schema.get(key, ()), *(f"/properties/{each}" for each in _CUSTOM.get(new.kind, ()))]
        found = [_dotted(each) for each in pointers if _changes(each, old, new, follows)]
        if found:
            return Replacement(tuple(sorted(set(found))), certain)
    return None


@cache
def _schema(kind: str, region: str) -> Mapping[str, Any] | None:
    for each in (region, _ANY_REGION):
        try:
            schema: Mapping[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(each, kind).schema
        except ResourceNotFoundError:
            continue
        return schema
    return None


def _changes(pointer: str, old: Resource, new: Resource, follows: Callable[[Any], bool]) -> bool:
    steps = pointer.split("/")[2:]
    if list(_at(old.properties, steps)) != list(_at(new.properties, steps)):
        return True
    raw = _at(new.stack.resources[new.id].get("Properties", {}), steps)
    return any(follows(value) for value in raw)


def _at(value: Any, steps: Sequence[str]) -> Iterator[Any]:
    """Yield what stands at a pointer, whose `*` is each entry of a list."""
    if not steps:
        if value is not _MISSING:
            yield value
    elif steps[0] == "*" and isinstance(value, list):
        for each in value:
            yield from _at(each, steps[1:])
    elif isinstance(value, Mapping):
        yield from _at(value.get(steps[0], _MISSING), steps[1:])


def _dotted(pointer: str) -> str:
    return ".".join(pointer.split("/")[2:])
