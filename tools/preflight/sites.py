"""Where the rows of the table apply: each resource, each thing in it, each right that a policy gives."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from tools.assembly.assembly import Assembly, Resource
from tools.assembly.policies import Role, roles
from tools.preflight.edge import Edge, Once
from tools.preflight.paths import Paths

_GRANT = "grant "


@dataclass(frozen=True)
class Site:
    """One place where a row applies."""

    resource: Resource
    scope: Mapping[str, Any]
    """What paths start from."""


class Sites:
    """The places in one assembly."""

    def __init__(self, assembly: Assembly) -> None:
        """Take the assembly."""
        self.assembly = assembly
        self.paths = Paths(assembly)
        self.roles = roles(assembly)
        self._granted = [each for role in self.roles.values() for each in _granted(role)]

    def of(self, edge: Edge | Once) -> Iterator[Site]:
        """Yield the places where a row applies."""
        for site in self._all(edge):
            if all(self._matches(path, pattern, site.scope) for path, pattern in edge.where.items()):
                yield site

    def _all(self, edge: Edge | Once) -> Iterator[Site]:
        if edge.at.startswith(_GRANT):
            pattern = edge.at.removeprefix(_GRANT)
            for role, grant in self._granted:
                action = _used(grant["action"], pattern)
                if action:
                    scope = {**_known(role.resource), "granted": {**grant, "action": action}}
                    yield Site(role.resource, scope)
            return
        for resource in self.assembly.of(edge.at):
            scope = {**resource.properties, **_known(resource)}
            if isinstance(edge, Once) or edge.each is None:
                yield Site(resource, scope)
            else:
                for item in self.paths.values(edge.each, scope):
                    yield Site(resource, {**scope, "item": item})

    def _matches(self, path: str, pattern: str | None, scope: Mapping[str, Any]) -> bool:
        return matches(self.paths.values(path, scope), pattern)


def matches(values: list[Any], pattern: str | None) -> bool:
    """Whether one of the values has a pattern, none has one that begins with `!`, or there is none.

    `a or b` is either pattern.
    """
    if pattern is None:
        return not values
    patterns = pattern.removeprefix("!").split(" or ")
    found = any(fnmatchcase(str(value), each) for value in values for each in patterns)
    return found != pattern.startswith("!")


def _known(resource: Resource) -> dict[str, Any]:
    stack = resource.stack
    return {
        "self": {"arn": resource.arn, "name": resource.name},
        "account": stack.account,
        "region": stack.region,
        "partition": stack.partition,
    }


def _used(action: str, pattern: str) -> str | None:
    """The action of a row that a policy's action allows; of a row with a wildcard, the policy's own."""
    if fnmatchcase(action, pattern):
        return action
    return pattern if fnmatchcase(pattern.lower(), action.lower()) else None


def _granted(role: Role) -> Iterator[tuple[Role, dict[str, Any]]]:
    """Each action and resource that a role's policies allow, as if somebody used the right."""
    trusted = [
        name for statement in _statements(role.trust) for name in _list(statement.get("Principal"), "Service")
    ]
    seen = set()
    for document in role.policies:
        for statement in _statements(document):
            if statement.get("Effect") != "Allow":
                continue
            for action in _list(statement, "Action"):
                for resource in _list(statement, "Resource"):
                    used = re.sub(r"[*?]+", "any", resource)
                    if resource.startswith("arn:") and (action, used) not in seen:
                        seen.add((action, used))
                        grant = {"action": action, "resource": used, "role": role.arn, "trusted": trusted}
                        yield role, grant


def _statements(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = document.get("Statement", [])
    return [found] if isinstance(found, Mapping) else found


def _list(holder: Any, key: str) -> list[str]:
    found = holder.get(key, []) if isinstance(holder, Mapping) else []
    return [found] if isinstance(found, str) else list(found)
