"""Settings of two environments that one account or region cannot have both, or that contradict each other."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from config.document import Document, KeyPath, dotted
from config.faults import Fault, InvalidInputError
from config.load import environment_names, load_with_document
from config.section import Section
from config.settings import Settings
from stacks.features.registry import features, switched_on


@dataclass(frozen=True)
class _Environment:
    settings: Settings
    document: Document

    def place(self, path: KeyPath) -> str:
        return f"{self.document.place(path)} ({self.settings.environment})"


def collisions(root: Path, environment: str | None = None) -> list[Fault]:
    """Find what two environments of a project cannot both have where they are.

    Each fault stands at the later one of the two, by name, and names the place in the other. Environments
    with faults of their own are passed over: loading them tells.

    Args:
        root: Folder of the project.
        environment: The one that has to be among the two; None: any.
    """
    found = (each for each in _environments(root).values() if each is not None)
    return [
        fault
        for former, later in combinations(found, 2)
        if environment in (None, former.settings.environment, later.settings.environment)
        if former.settings.account == later.settings.account
        for fault in _between(former, later)
    ]


def contradictions(root: Path, environment: str | None = None) -> list[Fault]:
    """Find what an environment, or a feature of it, says of another one that does not hold there.

    Args:
        root: Folder of the project.
        environment: The one whose settings are looked at; None: all.
    """
    found = _environments(root)
    return [
        fault
        for name, each in found.items()
        if each is not None and environment in (None, name)
        for fault in _said(each, {other: known for other, known in found.items() if other != name})
    ]


def _environments(root: Path) -> dict[str, _Environment | None]:
    """Load all environments of a project, by name; None is one with faults."""
    found: dict[str, _Environment | None] = dict.fromkeys(environment_names(root))
    for name in found:
        with suppress(InvalidInputError):
            found[name] = _Environment(*load_with_document(name, root))
    return found


def _said(each: _Environment, others: Mapping[str, _Environment | None]) -> Iterator[Fault]:
    known = {name: None if other is None else other.settings for name, other in others.items()}
    owner = each.settings.masking_key_of
    if owner is not None and owner not in others:
        allowed = (
            f"another environment of the project: {', '.join(sorted(others)) or 'there is none'}; or null"
        )
        yield each.document.fault(("masking_key_of",), owner, allowed, "name the one whose key it is")
    for name in switched_on(each.settings.features):
        for one in features()[name].agreement(each.settings, known):
            yield each.document.fault(("features", name, *one.path), one.got, one.allowed, one.fix)


def _between(former: _Environment, later: _Environment) -> Iterator[Fault]:
    yield from _roles(former, later)
    if former.settings.region == later.settings.region:
        yield from _hybrid(former, later)
        yield from _once(former, later)


def _roles(former: _Environment, later: _Environment) -> Iterator[Fault]:
    """Keys of an environment know its roles by how their names begin, in all regions of the account."""
    patterns = zip(former.settings.naming.roles, later.settings.naming.roles, strict=True)
    for one, other in ((one.removesuffix("*"), other.removesuffix("*")) for one, other in patterns):
        if one.startswith(other) or other.startswith(one):
            shorter, longer = sorted((one, other), key=len)
            yield later.document.fault(
                ("environment",),
                later.settings.environment,
                f"a name by which no role's name begins as those of another environment of the account: "
                f"{longer}… begins with {shorter}, see {former.place(('environment',))}",
                "rename one of them, or give it an account of its own",
            )
            return


def _hybrid(former: _Environment, later: _Environment) -> Iterator[Fault]:
    path = ("lake_formation", "hybrid")
    one, other = former.settings.lake_formation.hybrid, later.settings.lake_formation.hybrid
    if one != other:
        yield later.document.fault(
            path,
            other,
            f"{one}, as in {former.place(path)}: Lake Formation has one set of defaults in "
            f"{_where(later)}, which false changes for all",
            "say the same in both, or give one of them an account or region of its own",
        )


def _once(former: _Environment, later: _Environment) -> Iterator[Fault]:
    on, known = switched_on(former.settings.features), switched_on(later.settings.features)
    for name, feature in features().items():
        if name not in on or name not in known:
            continue
        made = [(key, True) for key in feature.once] + [(key, False) for key in feature.once_false]
        for key, value in made:
            path = ("features", name, *key.split("."))
            if _value(on[name], key) is value and _value(known[name], key) is value:
                told = str(value).lower()
                yield later.document.fault(
                    path,
                    value,
                    f"{dotted(path)} {told} in one environment of {_where(later)}; it is {told} in "
                    f"{former.place(path)}, too",
                    f"say {str(not value).lower()} in one of them",
                )


def _value(section: Section, key: str) -> object:
    """A setting of a section, or of one in it; None where there is none."""
    found: object = section
    for name in key.split("."):
        found = getattr(found, name, None)
    return found


def _where(each: _Environment) -> str:
    return f"account {each.settings.account} in {each.settings.region}"
