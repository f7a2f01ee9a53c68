"""The services themselves, where the account does not have them: each is there once in a region."""

import aws_cdk as cdk
from aws_cdk import aws_detective as detective
from aws_cdk import aws_guardduty as guardduty
from aws_cdk import aws_securityhub as securityhub
from constructs import Construct

from stacks.features.security_findings.settings import (
    GuardDutySettings,
    SecurityFindingsSettings,
    SecurityHubSettings,
)

_NOT_HERE = (
    "EBS_MALWARE_PROTECTION", "EKS_AUDIT_LOGS", "LAMBDA_NETWORK_LOGS", "RDS_LOGIN_EVENTS",
    "RUNTIME_MONITORING",
)  # fmt: skip
"""What GuardDuty could look at and a lake does not have, or has outside of any network of its own.

https://docs.aws.amazon.com/guardduty/latest/APIReference/API_DetectorFeatureConfiguration.html
"""


def services(scope: Construct, section: SecurityFindingsSettings) -> None:
    """Make what the settings use and the account does not have; AWS Config and Macie are made elsewhere."""
    found = _detector(scope, section.guardduty) if section.guardduty else None
    if section.security_hub:
        _hub(scope, section.security_hub)
    if section.detective and not section.detective.existing:
        graph = detective.CfnGraph(scope, "Detective", auto_enable_members=False)
        if found:
            graph.add_resource_dependency(found)


def _detector(scope: Construct, settings: GuardDutySettings) -> cdk.CfnResource | None:
    if settings.existing:
        return None
    states = {"S3_DATA_EVENTS": settings.s3_data_events, **dict.fromkeys(_NOT_HERE, False)}
    return guardduty.CfnDetector(
        scope,
        "GuardDuty",
        enable=True,
        finding_publishing_frequency="FIFTEEN_MINUTES",
        features=[
            guardduty.CfnDetector.CFNFeatureConfigurationProperty(
                name=name, status="ENABLED" if on else "DISABLED"
            )
            for name, on in states.items()
        ],
    )


def _hub(scope: Construct, settings: SecurityHubSettings) -> None:
    if settings.existing:
        return
    stack = cdk.Stack.of(scope)
    hub = securityhub.CfnHub(
        scope,
        "SecurityHub",
        enable_default_standards=False,
        # One finding for a control that several standards have.
        control_finding_generator="SECURITY_CONTROL",
        auto_enable_controls=True,
    )
    last: cdk.CfnResource = hub
    for name in settings.standards:
        arn = f"arn:{stack.partition}:securityhub:{stack.region}::standards/{name}"
        standard = securityhub.CfnStandard(scope, f"Standard{name.split('/')[0]}", standards_arn=arn)
        standard.add_resource_dependency(last)  # Security Hub enables one after the other
        last = standard
