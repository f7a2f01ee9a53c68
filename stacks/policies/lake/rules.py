"""What rules look at, and what they find."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Resource:
    """A resource of a synthesized template."""

    template: Path
    logical_id: str
    type: str
    properties: Mapping[str, Any] = field(repr=False)

    @cached_property
    def text(self) -> str:
        """Its properties as JSON, to look for a name in."""
        return json.dumps(self.properties)


@dataclass(frozen=True)
class Rule:
    """One rule, over all templates of an environment at once."""

    name: str
    """Such as `AthenaWorkGroup`."""
    demand: str
    """What it asks for, and why."""
    check: Callable[[Sequence[Resource]], Iterable[tuple[Resource, str]]]
    """Finds resources that break it, each with what is wrong."""


@dataclass(frozen=True)
class Finding:
    """A resource that breaks a rule."""

    rule: Rule
    resource: Resource
    fault: str


def resources(templates: Iterable[Path]) -> list[Resource]:
    """Read the resources of templates."""
    return [
        Resource(path, logical_id, each["Type"], each.get("Properties", {}))
        for path in templates
        for logical_id, each in json.loads(path.read_text(encoding="utf-8")).get("Resources", {}).items()
    ]


def of_type(found: Iterable[Resource], *types: str) -> Iterator[Resource]:
    """Yield the resources of these types."""
    return (each for each in found if each.type in types)


def listed(value: Any) -> list[Any]:
    """Return a list of what may stand alone in a policy."""
    return value if isinstance(value, list) else [] if value is None else [value]


def statements(document: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the statements of a policy document that allow something."""
    found = listed(document.get("Statement") if isinstance(document, Mapping) else None)
    return (each for each in found if each.get("Effect") == "Allow")
