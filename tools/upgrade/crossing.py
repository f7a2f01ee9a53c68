"""What one stack takes from another, and what comes of it when that is made anew or changes.

A stack that imports an export holds it fast: CloudFormation refuses to change it. One that reads an output
does not, and is not told: it goes on with the value of its last update, and `cdk deploy` passes over a stack
whose template is the same.

- https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
- https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
"""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from tools.assembly.assembly import Assembly, references
from tools.assembly.folder import Stack
from tools.upgrade.deployment import Deployment
from tools.upgrade.finding import Finding, Kind

_READS, _IMPORTS = "Fn::GetStackOutput", "Fn::ImportValue"


class Taken(NamedTuple):
    """An output that a stack takes."""

    stack: str
    """Id of the one whose output it is."""
    output: str
    imported: bool

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return f"{self.stack}/{self.output}"


class Crossing:
    """References of an assembly, across its stacks."""

    def __init__(self, assembly: Assembly) -> None:
        """Take the assembly."""
        self._literal = assembly.values.literal
        self.stacks = {each.id: each for each in assembly.stacks}

    def places(self, stack: Stack, value: Any) -> Iterator[str]:
        """Yield the places of the resources that a value of a template refers to, in whatever stack."""
        yield from (f"{stack.id}/{name}" for name in references(value))
        for taken in self.taken(stack, value):
            other = self.stacks[taken.stack]
            yield from self.places(other, other.template["Outputs"][taken.output]["Value"])

    def taken(self, stack: Stack, value: Any) -> Iterator[Taken]:
        """Yield the outputs of other stacks that a value of a template takes."""
        if isinstance(value, list):
            for each in value:
                yield from self.taken(stack, each)
        elif isinstance(value, Mapping):
            for key, inner in value.items():
                if key == _READS:
                    wanted = self._literal(stack, inner)
                    found = self._outputs.get((wanted["StackName"], wanted["OutputName"]))
                elif key == _IMPORTS:
                    found = self._exports.get(str(self._literal(stack, inner)))
                else:
                    yield from self.taken(stack, inner)
                    continue
                if found is not None:
                    yield found

    def all_taken(self, stack: Stack) -> set[Taken]:
        """Return the outputs of other stacks that a stack takes."""
        return {
            taken
            for section in ("Resources", "Outputs")
            for taken in self.taken(stack, stack.template.get(section, {}))
        }

    def value(self, taken: Taken) -> Any:
        """Return what an output has, with every intrinsic function evaluated; None if it is not there."""
        stack = self.stacks.get(taken.stack)
        output = stack.template.get("Outputs", {}).get(taken.output) if stack is not None else None
        return None if stack is None or output is None else self._literal(stack, output["Value"])

    def refers(self, taken: Taken, places: Collection[str]) -> bool:
        """Whether an output that is there refers to one of some resources."""
        stack = self.stacks[taken.stack]
        return any(
            each in places for each in self.places(stack, stack.template["Outputs"][taken.output]["Value"])
        )

    @cached_property
    def _outputs(self) -> Mapping[tuple[str, str], Taken]:
        return {
            (stack.name, name): Taken(stack.id, name, imported=False)
            for stack in self.stacks.values()
            for name in stack.template.get("Outputs", {})
        }

    @cached_property
    def _exports(self) -> Mapping[str, Taken]:
        return {
            str(self._literal(stack, output["Export"]["Name"])): Taken(stack.id, name, imported=True)
            for stack in self.stacks.values()
            for name, output in stack.template.get("Outputs", {}).items()
            if "Export" in output
        }


def crossings(old: Deployment, new: Deployment, anew: Collection[str]) -> Iterator[Finding]:
    """Yield exports that cannot change since they are imported, and stacks that go on with what they had.

    Args:
        old: What is deployed.
        new: What will be.
        anew: Places of what is made anew.
    """
    before, after = Crossing(old.assembly), Crossing(new.assembly)
    users: dict[Taken, list[str]] = {}
    for stack in before.stacks.values():
        for taken in before.all_taken(stack):
            users.setdefault(taken, []).append(stack.id)
    for taken, names in sorted(users.items()):
        if taken.stack in after.stacks and _changes(taken, before, after, anew):
            if taken.imported:
                yield _refused(taken, names)
                continue
            for name in names:
                if name in after.stacks and after.stacks[name].template == before.stacks[name].template:
                    yield _stale(taken, name)


def _changes(taken: Taken, before: Crossing, after: Crossing, anew: Collection[str]) -> bool:
    """Whether an output will have another value, or be there no more."""
    value = after.value(taken)
    return value is None or value != before.value(taken) or after.refers(taken, anew)


def _refused(taken: Taken, names: list[str]) -> Finding:
    why = (
        f"CloudFormation changes no export that is imported, here by {', '.join(sorted(names))}, and rolls "
        f"{taken.stack} back: have nobody import it, by a deployment before this one"
    )
    return Finding(Kind.REFUSED, taken.place, "an export in use", why)


def _stale(taken: Taken, name: str) -> Finding:
    why = (
        "its template is the same, so `cdk deploy` passes over it, and it goes on with what was there: "
        f"deploy {name} with --force afterwards"
    )
    return Finding(Kind.STALE, name, f"reads {taken.place}", why)
