"""Faults in copies of templates."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from config.load import PROJECT_ROOT
from tools.assembly.assembly import Assembly
from tools.assembly.folder import Stack
from tools.preflight.findings import Answers
from tools.preflight.run import look

Json = dict[str, Any]


class Copy:
    """Templates of an assembly that may be spoilt."""

    def __init__(self, stacks: tuple[Stack, ...]) -> None:
        self._stacks = stacks
        self._templates: Mapping[str, Json] = {each.id: deepcopy(dict(each.template)) for each in stacks}

    def answers(self) -> Answers:
        """What the command says of them."""
        stacks = (replace(each, template=self._templates[each.id]) for each in self._stacks)
        return look(Assembly(tuple(stacks)), PROJECT_ROOT)

    def resource(self, stack: str, part: str, kind: str = "") -> Json:
        """The one resource whose logical id begins so, if several the one with the shortest."""
        found = sorted(
            (name for name, each in self._templates[stack]["Resources"].items()
             if name.startswith(part) and each["Type"].startswith(kind)),
            key=len,
        )  # fmt: skip
        resource: Json = self._templates[stack]["Resources"][found[0]]
        return resource

    def properties(self, stack: str, part: str, kind: str = "") -> Json:
        """Its properties."""
        found: Json = self.resource(stack, part, kind).setdefault("Properties", {})
        return found

    def statements(self, stack: str, part: str, kind: str = "AWS::IAM::Policy") -> list[Json]:
        """The statements of a policy, of a key, or of a role's trust."""
        properties = self.properties(stack, part, kind)
        for name in ("PolicyDocument", "KeyPolicy", "AssumeRolePolicyDocument"):
            if name in properties:
                found: list[Json] = properties[name]["Statement"]
                return found
        raise KeyError(part)

    def statement(self, stack: str, part: str, action: str, kind: str = "AWS::IAM::Policy") -> Json:
        """The first statement with an action, or with a name."""
        return next(
            each for each in self.statements(stack, part, kind)
            if action in (each.get("Sid"), each["Action"]) or action in each["Action"]
        )  # fmt: skip

    def forbid(self, stack: str, part: str, action: str, kind: str = "AWS::IAM::Policy") -> None:
        """Take an action out of all statements of a policy."""
        statements = self.statements(stack, part, kind)
        for each in statements:
            if isinstance(each["Action"], list):
                each["Action"] = [one for one in each["Action"] if one != action]
        statements[:] = [each for each in statements if each["Action"] not in (action, [])]

    def add(self, stack: str, name: str, kind: str, **properties: Any) -> None:
        """Add a resource."""
        self._templates[stack]["Resources"][name] = {"Type": kind, "Properties": properties}


Spoil = Callable[[Copy], None]


@dataclass(frozen=True)
class Planted:
    """A fault, and the row that must see it."""

    edge: str
    where: str
    """Beginning of the place where it is told."""
    spoil: Spoil
    source: str = ""
    """Public report of the same fault."""
    severity: str = "error"

    def __str__(self) -> str:
        return self.spoil.__name__


class Faults:
    """A list that functions are put on."""

    def __init__(self) -> None:
        self.planted: list[Planted] = []

    def __call__(
        self, edge: str, where: str, source: str = "", severity: str = "error"
    ) -> Callable[[Spoil], Spoil]:
        """Put a function on the list, with the row that must see what it spoils."""

        def note(spoil: Spoil) -> Spoil:
            self.planted.append(Planted(edge, where, spoil, source, severity))
            return spoil

        return note

    def __iter__(self) -> Iterator[Planted]:
        return iter(self.planted)


def is_seen(planted: Planted, copy: Copy) -> None:
    """Spoil templates and see that it is told, at its place and for its reason."""
    planted.spoil(copy)
    findings = copy.answers().findings
    told = [(each.edge, each.where, each.severity) for each in findings]
    assert [
        each for each in told
        if each[0] == planted.edge and each[1].startswith(planted.where) and each[2] == planted.severity
    ], (planted.edge, sorted(set(told)))  # fmt: skip
