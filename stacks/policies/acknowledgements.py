"""Exceptions from policy rules: each names one exact finding and why it stands.

An exception is written beside the resource that needs it, so it goes when the resource goes. A test
fails on one that no longer matches a finding.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import aws_cdk as cdk
from constructs import IConstruct

HIPAA, NIST, PCI = "HIPAA.Security", "NIST.800.53.R5", "PCI.DSS.321"
COMPLIANCE = (HIPAA, NIST, PCI)
"""Packs of regulations, which share most of their rules."""


@dataclass(frozen=True, order=True)
class Acknowledgement:
    """One accepted finding."""

    finding: str
    path: str
    """Of the construct; what it contains is meant, too."""
    reason: str

    def covers(self, finding: str, path: str) -> bool:
        """Whether it accepts a finding on the construct of this path."""
        return finding == self.finding and (path == self.path or path.startswith(f"{self.path}/"))


_withheld: list[set[Acknowledgement]] = []


@contextmanager
def withheld() -> Iterator[set[Acknowledgement]]:
    """Collect what is acknowledged meanwhile, instead of telling the packs, so that they find everything."""
    _withheld.append(set())
    try:
        yield _withheld[-1]
    finally:
        _withheld.pop()


def acknowledge(scope: IConstruct, finding: str, reason: str) -> None:
    """Accept one finding of a policy pack on a construct and what it contains.

    Args:
        scope: The construct that the finding names, or one that contains it.
        finding: The exact id, such as `AwsSolutions-IAM5[Resource::*]`; no prefix matches.
        reason: Why the rule does not serve here, for the reader of the validation report.
    """
    if _withheld:
        _withheld[-1].add(Acknowledgement(finding, scope.node.path, reason))
        return
    cdk.Validations.of(scope).acknowledge(cdk.Acknowledgment(id=finding, reason=reason))


def acknowledge_compliance(
    scope: IConstruct, rule: str, reason: str, *, packs: Sequence[str] = COMPLIANCE
) -> None:
    """Accept one finding of several packs of regulations, such as `IAMNoInlinePolicy`."""
    for pack in packs:
        acknowledge(scope, f"{pack}-{rule}", reason)
