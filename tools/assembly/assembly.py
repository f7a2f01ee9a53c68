"""Resources of an assembly: each with its literal properties, found by type, ARN, or name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tools.assembly import names
from tools.assembly.folder import Stack, read
from tools.assembly.values import Values


@dataclass(frozen=True)
class Resource:
    """One resource of a template."""

    stack: Stack
    id: str
    """Its logical id."""
    kind: str
    """Such as `AWS::S3::Bucket`."""
    properties: Mapping[str, Any]
    """With every intrinsic function evaluated."""
    arn: str
    name: str

    def __str__(self) -> str:
        """Where it is, for people."""
        return f"{self.stack.id}/{self.id}"


class Assembly:
    """Stacks that are deployed together."""

    def __init__(self, stacks: tuple[Stack, ...]) -> None:
        """Take the stacks."""
        self.stacks = stacks
        self.values = Values(stacks)

    @classmethod
    def of_folder(cls, folder: Path) -> "Assembly":
        """Read a cloud assembly, or a folder of templates.

        Raises:
            InvalidInputError: There is no template, or one is no JSON.
        """
        return cls(read(folder))

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """Every resource."""
        return tuple(self._resource(stack, name) for stack in self.stacks for name in stack.resources)

    def _resource(self, stack: Stack, logical_id: str) -> Resource:
        kind = stack.resources[logical_id]["Type"]
        properties = self.values.properties(stack, logical_id)
        return Resource(
            stack=stack,
            id=logical_id,
            kind=kind,
            properties=properties,
            arn=names.arn_of(stack, logical_id, kind, properties),
            name=names.name_of(stack, logical_id, kind, properties),
        )

    def of(self, *kinds: str) -> Iterator[Resource]:
        """Yield the resources of some types; `Custom::*` is each that starts so."""
        for kind in kinds:
            if kind.endswith("*"):
                yield from (each for each in self.resources if each.kind.startswith(kind[:-1]))
            else:
                yield from self._by_kind.get(kind, ())

    @cached_property
    def _by_kind(self) -> Mapping[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for each in self.resources:
            found.setdefault(each.kind, []).append(each)
        return found

    def at(self, arn: str) -> Resource | None:
        """Return the resource with an ARN; of a log group, with or without `:*` at its end."""
        return self._by_arn.get(arn) or self._by_arn.get(f"{arn}:*")

    @cached_property
    def _by_arn(self) -> Mapping[str, Resource]:
        return {each.arn: each for each in self.resources}

    def named(self, kind: str, name: str) -> Resource | None:
        """Return the resource of a type with a name."""
        return next((each for each in self.of(kind) if each.name == name), None)

    def comes_after(self, later: Resource, earlier: Resource) -> bool:
        """Whether CloudFormation makes a resource only when the other is there."""
        if later.stack is not earlier.stack:
            return earlier.stack.id in self._needed_stacks(later.stack.id)
        return earlier.id in self._needed(later.stack, later.id)

    def _needed_stacks(self, name: str) -> set[str]:
        needs = {stack.id: stack.needs for stack in self.stacks}
        return _reachable(name, lambda each: needs.get(each, ()))

    def _needed(self, stack: Stack, logical_id: str) -> set[str]:
        return _reachable(logical_id, lambda each: _mentioned(stack, stack.resources[each]))


def _reachable(start: str, step: Any) -> set[str]:
    found: set[str] = set()
    ahead = [start]
    while ahead:
        new = {each for each in step(ahead.pop()) if each not in found}
        found |= new
        ahead += new
    return found


def _mentioned(stack: Stack, resource: Mapping[str, Any]) -> set[str]:
    """Logical ids that a resource names: in DependsOn, Ref, Fn::GetAtt or Fn::Sub."""
    depends = resource.get("DependsOn", ())
    texts = {depends} if isinstance(depends, str) else set(depends)
    texts |= set(references(resource.get("Properties", {})))
    return texts & set(stack.resources)


def references(value: Any) -> Iterator[str]:
    """Yield the logical ids that a value of a template names by Ref, Fn::GetAtt or Fn::Sub."""
    if isinstance(value, list):
        for each in value:
            yield from references(each)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "Ref":
                yield inner
            elif key == "Fn::GetAtt":
                yield inner.partition(".")[0] if isinstance(inner, str) else inner[0]
            elif key == "Fn::Sub":
                yield from _substituted(inner)
            else:
                yield from references(inner)


def _substituted(argument: Any) -> Iterator[str]:
    text = argument if isinstance(argument, str) else argument[0]
    yield from (part.partition("}")[0].partition(".")[0] for part in text.split("${")[1:])
    if not isinstance(argument, str):
        yield from references(argument[1])
