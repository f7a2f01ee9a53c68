"""Where findings come from: the events of each service, how they say what is serious, and what they tell.

Every event of a source has one severity here, so that nothing is told twice and nothing is lost: a label
that AWS does not document today counts as high.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from stacks.features.security_findings.settings import SecurityFindingsSettings
from stacks.features.security_findings.severity import SEVERITIES, Severity

Pattern = Mapping[str, Any]


def _labels(**labels: str | Sequence[str]) -> dict[Severity, list[Any]]:
    """Return what matches each severity, by what a service calls it."""
    named = {name: [given] if isinstance(given, str) else list(given) for name, given in labels.items()}
    known = [label for each in named.values() for label in each]
    unknown = {"high": [{"anything-but": known}]}
    return {name: [*named[name], *unknown.get(name, [])] for name in SEVERITIES if name in named}


@dataclass(frozen=True)
class Source:
    """One kind of event that tells of findings; paths are JSON paths of the event."""

    name: str
    title: str
    """What people call the service."""
    event_source: str
    detail_type: str
    severity: tuple[str, ...]
    """Where, below `detail`, an event says how serious it is."""
    matches: Mapping[Severity, Sequence[Any]]
    """What matches there, by severity; empty: nothing is asked."""
    fields: Mapping[str, str]
    """Paths of what is told, which every event has: id, type, title, description, resource."""
    console: str
    """Page of the finding in the console; `<region>` and `<id>` stand for what the event says."""
    open: Pattern = field(default_factory=dict)
    """What else `detail` must have: findings that nobody has ended."""

    def pattern(self, severity: Severity) -> dict[str, Any]:
        """Return the event pattern of a severity."""
        detail = dict(self.open)
        if self.matches[severity]:
            _put(detail, self.severity, list(self.matches[severity]))
        return {"source": [self.event_source], "detail-type": [self.detail_type], "detail": detail}


def _put(tree: dict[str, Any], path: Sequence[str], leaf: object) -> None:
    *above, last = path
    for name in above:
        tree[name] = dict(tree.get(name, {}))
        tree = tree[name]
    tree[last] = leaf


_CONSOLE = "https://console.aws.amazon.com/{}/home?region=<region>#"

GUARDDUTY = Source(
    # https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html
    name="guardduty",
    title="GuardDuty",
    event_source="aws.guardduty",
    detail_type="GuardDuty Finding",
    severity=("severity",),
    # https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html
    matches={
        "critical": [{"numeric": [">=", 9]}],
        "high": [{"numeric": [">=", 7, "<", 9]}],
        "medium": [{"numeric": [">=", 4, "<", 7]}],
        "low": [{"numeric": ["<", 4]}],
    },
    fields={
        "id": "$.detail.id",
        "type": "$.detail.type",
        "title": "$.detail.title",
        "description": "$.detail.description",
        "resource": "$.detail.resource.resourceType",
    },
    console=_CONSOLE.format("guardduty") + "/findings?search=id%3D<id>",
)

INSPECTOR = Source(
    # https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html
    name="inspector",
    title="Inspector",
    event_source="aws.inspector2",
    detail_type="Inspector2 Finding",
    severity=("severity",),
    # https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html
    matches=_labels(
        critical="CRITICAL",
        high="HIGH",
        medium="MEDIUM",
        low="LOW",
        informational=("INFORMATIONAL", "UNTRIAGED"),
    ),
    fields={
        "id": "$.detail.findingArn",
        "type": "$.detail.type",
        "title": "$.detail.title",
        "description": "$.detail.description",
        "resource": "$.detail.resources[0].id",
    },
    console=_CONSOLE.format("inspector/v2") + "/findings/all",
    open={"status": ["ACTIVE"]},
)

MACIE = Source(
    # https://docs.aws.amazon.com/macie/latest/user/findings-publish-event-schemas.html
    name="macie",
    title="Macie",
    event_source="aws.macie",
    detail_type="Macie Finding",
    severity=("severity", "description"),
    # https://docs.aws.amazon.com/macie/latest/user/findings-severity.html
    matches=_labels(high="High", medium="Medium", low="Low"),
    fields={
        "id": "$.detail.id",
        "type": "$.detail.type",
        "title": "$.detail.title",
        "description": "$.detail.description",
        "resource": "$.detail.resourcesAffected.s3Bucket.arn",
    },
    console=_CONSOLE.format("macie") + "findings",
)

SECURITY_HUB = Source(
    # https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html
    name="security_hub",
    title="Security Hub",
    event_source="aws.securityhub",
    detail_type="Security Hub Findings - Imported",
    severity=("findings", "Severity", "Label"),
    # https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Severity.html
    matches=_labels(**{name: name.upper() for name in SEVERITIES}),
    # https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html
    fields={
        "id": "$.detail.findings[0].Id",
        "type": "$.detail.findings[0].GeneratorId",
        "title": "$.detail.findings[0].Title",
        "description": "$.detail.findings[0].Description",
        "resource": "$.detail.findings[0].Resources[0].Id",
    },
    console=_CONSOLE.format("securityhub") + "/findings",
    open={"findings": {"RecordState": ["ACTIVE"], "Workflow": {"Status": ["NEW"]}}},
)


def _config(severity: Severity) -> Source:
    # https://docs.aws.amazon.com/config/latest/developerguide/monitor-config-with-cloudwatchevents.html
    return Source(
        name="config",
        title="Config",
        event_source="aws.config",
        detail_type="Config Rules Compliance Change",
        severity=(),
        matches={severity: []},
        fields={
            "id": "$.detail.configRuleARN",
            "type": "$.detail.configRuleName",
            "title": "$.detail.configRuleName",
            "description": "$.detail.newEvaluationResult.complianceType",
            "resource": "$.detail.resourceId",
        },
        console=_CONSOLE.format("config") + "/rules",
        open={
            "messageType": ["ComplianceChangeNotification"],
            "newEvaluationResult": {"complianceType": ["NON_COMPLIANT"]},
        },
    )


def _hub(section: SecurityFindingsSettings) -> Source:
    """Return Security Hub, without what comes from Macie itself."""
    if section.macie is None:
        return SECURITY_HUB
    others = {"ProductArn": [{"anything-but": {"suffix": "/aws/macie"}}]}
    opened = {"findings": {**SECURITY_HUB.open["findings"], **others}}
    return replace(SECURITY_HUB, open=opened)


def sources(section: SecurityFindingsSettings) -> list[Source]:
    """Return where findings are heard from, so that each is heard once.

    Security Hub hands on what GuardDuty, Inspector and Config find. Macie's findings about data it gets only
    if somebody tells Macie so, by hand; they are heard from Macie, whether or not anybody did.
    https://docs.aws.amazon.com/macie/latest/user/securityhub-integration.html
    """
    found = [MACIE] if section.macie else []
    if section.security_hub:
        return [_hub(section), *found]
    found += [GUARDDUTY] if section.guardduty else []
    found += [INSPECTOR] if section.inspector else []
    return found + ([_config(section.config.severity)] if section.config else [])
