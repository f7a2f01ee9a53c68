"""Reads the policy of a project, and sees that settings and contracts name no persona beside it."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from config.document import Document, read
from config.faults import Fault, InvalidInputError, nearest, one_of
from config.settings import Settings
from config.validation import validate
from lakehouse.model.access import AccessPolicy

POLICY = "config/access.yaml"
"""Path of the policy, relative to the project."""


@cache
def load_access(root: Path) -> AccessPolicy:
    """Read the policy of the project at `root`.

    Raises:
        InvalidInputError: There is none, or anything in it is wrong; holds every fault.
    """
    document = _document(root)
    policy, faults = validate(AccessPolicy, document.data, document)
    if policy is None:
        raise InvalidInputError(faults)
    return policy


def _document(root: Path) -> Document:
    try:
        return read(root / POLICY, root)
    except FileNotFoundError as error:
        fault = Fault(POLICY, "file", "nothing", "the policy of who reads what", "add the file")
        raise InvalidInputError([fault]) from error


def unknown_domains(policy: AccessPolicy, domains: tuple[str, ...]) -> Iterator[Fault]:
    """Find domains in the policy that no contract is of."""
    for name, persona in policy.personas.items():
        for at, rule in enumerate(persona.reads):
            for domain in rule.domains or ():
                if domain not in domains:
                    where = f"personas.{name}.reads[{at}].domains"
                    yield Fault(POLICY, where, domain, one_of(domains), nearest(domain, domains))


def unknown_personas(settings: Settings, policy: AccessPolicy) -> list[Fault]:
    """Find personas in the settings of an environment that the policy does not know."""
    where = f"config/environments/{settings.environment}.yaml"
    return [
        Fault(where, f"people.personas.{name}", name, one_of(policy.personas), nearest(name, policy.personas))
        for name in settings.people.personas
        if name not in policy.personas
    ]
