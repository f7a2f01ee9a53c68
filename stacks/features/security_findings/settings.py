"""Settings of the feature `security_findings`."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.section import Section
from config.settings import PersonaName
from lakehouse.model.dataset import Layer
from stacks.features.security_findings.severity import SEVERITIES, Severity

Channel = Literal["page", "mail", "keep"]

Standard = Literal[
    "aws-foundational-security-best-practices/v/1.0.0",
    "cis-aws-foundations-benchmark/v/3.0.0",
    "nist-800-53/v/5.0.0",
    "pci-dss/v/4.0.1",
]
"""https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html"""


class GuardDutySettings(Section):
    """Amazon GuardDuty: looks for threats in CloudTrail's events, DNS and network flows."""

    existing: bool
    """Whether the account has a detector in the region, which is left alone."""
    s3_data_events: bool
    """Whether it looks at each read and write of an object, too, for 0.80 USD a million; of the lake's own
    detector."""


class SecurityHubSettings(Section):
    """AWS Security Hub CSPM: collects what the other services find, and checks the account by standards."""

    existing: bool
    """Whether the account has it in the region: its standards are left alone."""
    standards: tuple[Standard, ...]
    """What the account is checked by, for 0.001 USD a check; they need AWS Config."""


class DetectiveSettings(Section):
    """Amazon Detective: shows what led to a finding; it has none itself."""

    existing: bool
    """Whether the account has a behaviour graph in the region."""


class InspectorSettings(Section):
    """Amazon Inspector: looks for known faults in the packages of functions."""

    existing: Literal[True]
    """CloudFormation cannot switch it on: `aws inspector2 enable --resource-types LAMBDA`."""


class MacieSettings(Section):
    """Amazon Macie: looks for personal data in objects."""

    existing: bool
    """Whether the account has a session in the region."""
    layers: Annotated[tuple[Layer, ...], Field(min_length=1)]
    """Layers whose objects Macie may decrypt: it reads their values, and no others'."""
    allow: dict[
        Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")], Annotated[str, Field(max_length=512)]
    ]
    """Regular expressions, by a name, of texts that look personal and are not, such as test accounts."""


class ConfigSettings(Section):
    """AWS Config: notes how resources are configured, and checks the lake's by a conformance pack."""

    existing: bool
    """Whether the account has a recorder in the region: the pack is deployed all the same."""
    severity: Severity
    """How serious a resource of the lake is that breaks a rule, since Config does not say."""


class RoutingSettings(Section):
    """What becomes of a finding. `page`: the alarm topic is told. `mail`: the mails below. `keep`: nobody."""

    critical: Channel
    high: Channel
    medium: Channel
    low: Channel
    informational: Channel

    def channel(self, severity: Severity) -> Channel:
        """Return what becomes of a severity."""
        found: Channel = getattr(self, severity)
        return found

    def used(self) -> set[Channel]:
        """Return every channel that some severity takes."""
        return {self.channel(severity) for severity in SEVERITIES}


class SecurityFindingsSettings(Section):
    """Which of AWS's security services are used in the account and region, and who hears of their findings.

    A service that is null is neither deployed nor listened to. Each is there once for an account and region;
    `existing: true` says that it is there already.
    """

    guardduty: GuardDutySettings | None
    """Null: not used."""
    security_hub: SecurityHubSettings | None
    """Null: not used. Where it is used, findings of the others are heard through it, but Macie's."""
    detective: DetectiveSettings | None
    """Null: not used."""
    inspector: InspectorSettings | None
    """Null: not used."""
    macie: MacieSettings | None
    """Null: not used."""
    config: ConfigSettings | None
    """Null: not used."""
    routing: RoutingSettings
    emails: tuple[Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")], ...]
    """Who gets what is routed to `mail`; each confirms once. Empty where nothing is."""
    keep_days: Annotated[int, Field(ge=1)]
    """Days for which the table of findings keeps them."""
    readers: Annotated[tuple[PersonaName, ...], Field(min_length=1)]
    """Personas that read the table; the work group of the first has queries to begin with."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        services = (self.guardduty, self.security_hub, self.inspector, self.macie, self.config)
        if not any(services):
            raise ValueError(
                "one service that has findings: guardduty, security_hub, inspector, macie or config"
            )
        if ("mail" in self.routing.used()) != bool(self.emails):
            raise ValueError("emails where a severity is routed to mail, and none elsewhere")
        return self
