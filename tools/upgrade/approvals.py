"""Dangerous changes that somebody has looked at and approved, from `config/approvals.yaml`.

An entry names findings of one place word by word, so it approves nothing else; and it goes with the change:
what it names and no change makes is a fault.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import yaml

from config.document import Document, read
from config.faults import Fault, InvalidInputError, nearest, one_of
from config.load import environment_names
from config.section import Section
from config.validation import validate
from tools.upgrade.finding import Finding, Kind

FILE = "config/approvals.yaml"

_KEY = "approved"


class Approval(Section):
    """Findings of one place that may be deployed."""

    environments: tuple[str, ...]
    """Where it may be."""
    kind: Kind
    place: str
    what: tuple[str, ...]
    """What changes there; all three as `lake upgrade` prints them."""
    reason: str
    """Why it is right, and what is done about its danger."""

    def meets(self, finding: Finding) -> bool:
        """Whether it approves a finding."""
        return (self.kind, self.place) == (finding.kind, finding.place) and finding.what in self.what


class _File(Section):
    approved: tuple[Approval, ...] = ()


@dataclass(frozen=True)
class Judged:
    """Findings by what approvals say of them."""

    approved: tuple[tuple[Finding, Approval], ...]
    open: tuple[Finding, ...]
    """Dangerous, and nobody approved them."""
    told: tuple[Finding, ...]
    """Not dangerous."""


def judge(environment: str, findings: Sequence[Finding], root: Path) -> Judged:
    """Judge the findings of one environment by the approvals of a project.

    Raises:
        InvalidInputError: The file has faults, approves what is not found, or gives no reason.
    """
    approvals, document = _load(root)
    dangers = [each for each in findings if each.dangerous]
    if document is not None:
        faults = [*_faults(approvals, document, root), *_in_vain(approvals, document, environment, dangers)]
        if faults:
            raise InvalidInputError(faults)
    own = [each for each in approvals if environment in each.environments]
    met = {each: one for each in dangers for one in own if one.meets(each)}
    return Judged(
        approved=tuple(met.items()),
        open=tuple(each for each in dangers if each not in met),
        told=tuple(each for each in findings if not each.dangerous),
    )


def entries(environment: str, findings: Iterable[Finding]) -> str:
    """Return entries that approve findings, but for their reasons."""
    found = [
        {
            "environments": [environment],
            "kind": kind.value,
            "place": place,
            "what": [each.what for each in own],
            "reason": "",
        }
        for (kind, place), own in groupby(findings, key=lambda each: (each.kind, each.place))
    ]
    return yaml.safe_dump({_KEY: found}, sort_keys=False, width=1000, allow_unicode=True)


def _load(root: Path) -> tuple[tuple[Approval, ...], Document | None]:
    if not (root / FILE).is_file():
        return (), None
    document = read(root / FILE, root)
    found, faults = validate(_File, document.data, document)
    if found is None:
        raise InvalidInputError(faults)
    return found.approved, document


def _faults(approvals: Sequence[Approval], document: Document, root: Path) -> Iterator[Fault]:
    known = environment_names(root)
    for at, each in enumerate(approvals):
        if not each.reason.strip():
            fix = "say why this change is right, and what becomes of the data"
            yield document.fault((_KEY, at, "reason"), each.reason, "a reason", fix)
        for name in each.environments:
            if name not in known:
                path = (_KEY, at, "environments")
                yield document.fault(path, name, one_of(known), nearest(name, known))


def _in_vain(
    approvals: Sequence[Approval], document: Document, environment: str, dangers: Sequence[Finding]
) -> Iterator[Fault]:
    fix = "delete it: the change has been made, or is not made"
    for at, approval in enumerate(approvals):
        if environment in approval.environments:
            found = {each.what for each in dangers if approval.meets(each)}
            for what in approval.what:
                if what not in found:
                    allowed = f"what `lake upgrade --env {environment}` finds at {approval.place}"
                    yield document.fault((_KEY, at, "what"), what, allowed, fix)
