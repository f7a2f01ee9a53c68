"""Faults in copies of templates."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from config.load import PROJECT_ROOT
from tools.assembly.assembly import Assembly
from tools.assembly.folder import Stack
from tools.preflight.asking import Asking
from tools.preflight.edge import Table, table
from tools.preflight.findings import Finding
from tools.preflight.quotas import check

Json = dict[str, Any]


class Copy:
    """Templates of an assembly that may be spoilt."""

    def __init__(self, stacks: tuple[Stack, ...]) -> None:
        self._stacks = stacks
        self._templates: Mapping[str, Json] = {each.id: deepcopy(dict(each.template)) for each in stacks}

    def findings(self, row: str) -> list[Finding]:
        """What the command says of them by one row of the table, or by a limit."""
        stacks = (replace(each, template=self._templates[each.id]) for each in self._stacks)
        assembly = Assembly(tuple(stacks))
        rows = Table(edges=tuple(each for each in table(PROJECT_ROOT).edges if each.id == row))
        answers = Asking(assembly, rows).answers() if rows.edges else check(assembly)
        return answers.findings

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
    told = {(each.edge, each.where, each.severity) for each in copy.findings(planted.edge)}
    assert [
        where for edge, where, severity in told
        if (edge, severity) == (planted.edge, planted.severity) and where.startswith(planted.where)
    ], told  # fmt: skip
