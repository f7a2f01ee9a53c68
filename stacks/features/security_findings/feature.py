"""The feature `security_findings`."""

from collections.abc import Iterable, Mapping

from config.settings import Settings
from stacks.features.feature import Disagreement, Feature
from stacks.features.security_findings.settings import SecurityFindingsSettings


def _readers(settings: Settings, others: Mapping[str, Settings | None]) -> Iterable[Disagreement]:
    """Find readers that are no personas of the environment."""
    section: SecurityFindingsSettings | None = getattr(settings.features, "security_findings", None)
    known = settings.people.personas
    for name in section.readers if section else ():
        if name not in known:
            allowed = f"personas of people.personas: {', '.join(known)}"
            yield Disagreement(("readers",), name, allowed, "name one of them, or remove it")


FEATURE = Feature(
    title="Findings of GuardDuty, Security Hub, Inspector, Macie and Config, told by severity and kept",
    section=SecurityFindingsSettings,
    idle_cost="USD 0.10 for an alarm; each service by what it looks at, see its README",
    laptop="events, topics and the table; GuardDuty, Security Hub and Macie as far as findings are injected",
    stacks=("SecurityFindings",),
    once_false=(
        "guardduty.existing",
        "security_hub.existing",
        "detective.existing",
        "macie.existing",
        "config.existing",
    ),
    agreement=_readers,
)
