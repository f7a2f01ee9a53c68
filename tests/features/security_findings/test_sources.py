"""Which rule an event matches: one, whatever its severity, and none once somebody has ended the finding."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from config.load import PROJECT_ROOT
from local.emulator.launcher import EmbeddedAws
from local.features.security_findings import samples
from stacks.features.security_findings.settings import SecurityFindingsSettings
from stacks.features.security_findings.sources import sources
from tests.features.security_findings.asff import asff

EXAMPLE: dict[str, Any] = yaml.safe_load(
    (PROJECT_ROOT / "stacks/features/security_findings/example.yaml").read_text(encoding="utf-8")
)["security_findings"]
WITHOUT_HUB = {**EXAMPLE, "security_hub": None}
NEW = {"RecordState": "ACTIVE", "Workflow": {"Status": "NEW"}}

Matching = Callable[[dict[str, Any], str, dict[str, Any]], list[tuple[str, str]]]


@pytest.fixture(scope="module")
def matching(embedded_aws: EmbeddedAws) -> Matching:
    """Returns source and severity of the rules that match an event, of an environment with this section."""
    events = embedded_aws.client("events")

    def match(section: dict[str, Any], source: str, detail: dict[str, Any]) -> list[tuple[str, str]]:
        found = sources(SecurityFindingsSettings.model_validate(section))
        kinds = {each.event_source: each.detail_type for each in found}
        event = {
            "version": "0",
            "id": "1",
            "account": embedded_aws.account,
            "time": "2026-11-30T00:00:00Z",
            "region": embedded_aws.region,
            "resources": [],
            "source": source,
            "detail-type": kinds.get(source, "none"),
            "detail": detail,
        }
        text = json.dumps(event)

        def matches(pattern: dict[str, Any]) -> bool:
            return bool(events.test_event_pattern(EventPattern=json.dumps(pattern), Event=text)["Result"])

        rules = [(each, severity) for each in found for severity in each.matches]
        return [(each.name, severity) for each, severity in rules if matches(each.pattern(severity))]

    return match


@pytest.mark.parametrize(
    ("given", "severity"),
    [
        (0.5, "low"), (3.9, "low"), (4, "medium"), (6.9, "medium"), (7, "high"), (8.9, "high"),
        (9, "critical"), (10, "critical"),
    ],
)  # fmt: skip
def test_guardduty_has_one_severity_for_each_number(matching: Matching, given: float, severity: str) -> None:
    assert matching(WITHOUT_HUB, "aws.guardduty", {"severity": given}) == [("guardduty", severity)]


@pytest.mark.parametrize(
    ("source", "detail", "found"),
    [
        ("aws.macie", {"severity": {"description": "Low", "score": 1}}, [("macie", "low")]),
        ("aws.macie", {"severity": {"description": "Severe", "score": 9}}, [("macie", "high")]),
        ("aws.inspector2", {"status": "ACTIVE", "severity": "UNTRIAGED"}, [("inspector", "informational")]),
        ("aws.inspector2", {"status": "ACTIVE", "severity": "EXTREME"}, [("inspector", "high")]),
        ("aws.inspector2", {"status": "CLOSED", "severity": "HIGH"}, []),
        (
            "aws.config",
            {
                "messageType": "ComplianceChangeNotification",
                "newEvaluationResult": {"complianceType": "NON_COMPLIANT"},
            },
            [("config", "medium")],
        ),
        (
            "aws.config",
            {
                "messageType": "ComplianceChangeNotification",
                "newEvaluationResult": {"complianceType": "COMPLIANT"},
            },
            [],
        ),
        ("aws.securityhub", {"findings": [{**NEW, "Severity": {"Label": "HIGH"}}]}, []),
    ],
)
def test_service_is_heard_itself_without_security_hub(
    matching: Matching, source: str, detail: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    assert matching(WITHOUT_HUB, source, detail) == found


@pytest.mark.parametrize(
    ("label", "product", "more", "found"),
    [
        ("CRITICAL", "guardduty", {}, [("security_hub", "critical")]),
        ("INFORMATIONAL", "config", {}, [("security_hub", "informational")]),
        ("EXTREME", "inspector", {}, [("security_hub", "high")]),
        ("HIGH", "guardduty", {"Workflow": {"Status": "NOTIFIED"}}, []),
        ("HIGH", "guardduty", {"RecordState": "ARCHIVED"}, []),
        ("HIGH", "macie", {}, []),  # it is heard itself
    ],
)
def test_security_hub_tells_of_what_is_new_and_not_heard_elsewhere(
    matching: Matching, label: str, product: str, more: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    finding = {**asff("us-east-1", "000000000000", label, product), **NEW, **more}
    assert matching(EXAMPLE, "aws.securityhub", {"findings": [finding]}) == found


def test_others_are_heard_through_security_hub_alone_but_macie(matching: Matching) -> None:
    high = {"severity": samples.GUARDDUTY["Exfiltration:S3/AnomalousBehavior"]}
    assert matching(EXAMPLE, "aws.guardduty", high) == []
    assert matching(EXAMPLE, "aws.inspector2", {"status": "ACTIVE", "severity": "HIGH"}) == []
    assert matching(EXAMPLE, "aws.macie", {"severity": {"description": "High"}}) == [("macie", "high")]


def test_security_hub_tells_of_macie_where_nobody_listens_to_macie(matching: Matching) -> None:
    finding = {**asff("us-east-1", "000000000000", "HIGH", "macie"), **NEW}
    found = matching({**EXAMPLE, "macie": None}, "aws.securityhub", {"findings": [finding]})
    assert found == [("security_hub", "high")]
