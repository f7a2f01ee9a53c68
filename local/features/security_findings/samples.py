"""Events of findings, as each service's page documents them, with what every one of them has."""

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge

_EVENTS_MAX = 10
"""Events that EventBridge takes at once."""

GUARDDUTY = {
    "AttackSequence:S3/CompromisedData": 9.0,
    "Exfiltration:S3/AnomalousBehavior": 8.0,
    "PenTest:S3/KaliLinux": 5.0,
    "Stealth:S3/ServerAccessLoggingDisabled": 2.0,
}
"""One type of each severity: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-active.html"""

MACIE = {
    "SensitiveData:S3Object/Credentials": ("High", 3),
    "SensitiveData:S3Object/CustomIdentifier": ("Medium", 2),
    "Policy:IAMUser/S3BucketEncryptionDisabled": ("Low", 1),
}
"""One type of each severity: https://docs.aws.amazon.com/macie/latest/user/findings-severity.html"""

INSPECTOR = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNTRIAGED")


def emit(source: str, detail_type: str, details: Iterable[Mapping[str, Any]]) -> None:
    """Send events as a service of AWS does, which no caller may."""
    entries = [
        {"Source": source, "DetailType": detail_type, "Detail": json.dumps(detail)} for detail in details
    ]
    for start in range(0, len(entries), _EVENTS_MAX):
        some = {"Entries": entries[start : start + _EVENTS_MAX]}
        eventbridge._put_events(some, allow_aws_source=True)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def guardduty(kind: str, detector: str) -> dict[str, Any]:
    """Return a finding.

    https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html
    """
    account, region, finding = get_account_id(), get_region(), uuid.uuid4().hex
    return {
        "schemaVersion": "2.0",
        "accountId": account,
        "region": region,
        "partition": "aws",
        "id": finding,
        "arn": f"arn:aws:guardduty:{region}:{account}:detector/{detector}/finding/{finding}",
        "type": kind,
        "resource": {"resourceType": "S3Bucket", "s3BucketDetails": [{"name": "bucketName"}]},
        "service": {
            "serviceName": "guardduty",
            "detectorId": detector,
            "archived": False,
            "count": 1,
            "additionalInfo": {"sample": True},
        },
        "severity": GUARDDUTY[kind],
        "createdAt": _now(),
        "updatedAt": _now(),
        "title": f'[SAMPLE] {kind} at the bucket "bucketName".',
        "description": f"A sample of {kind}.",
    }


def macie(kind: str) -> dict[str, Any]:
    """Return a finding.

    https://docs.aws.amazon.com/macie/latest/user/findings-publish-event-schemas.html
    """
    label, score = MACIE[kind]
    return {
        "schemaVersion": "1.0",
        "id": uuid.uuid4().hex,
        "accountId": get_account_id(),
        "partition": "aws",
        "region": get_region(),
        "type": kind,
        "title": f"[SAMPLE] {kind}",
        "description": f"A sample of {kind}.",
        "severity": {"score": score, "description": label},
        "createdAt": _now(),
        "updatedAt": _now(),
        "count": 1,
        "resourcesAffected": {"s3Bucket": {"arn": "arn:aws:s3:::bucketName", "name": "bucketName"}},
        "category": "POLICY" if kind.startswith("Policy") else "CLASSIFICATION",
        "archived": False,
        "sample": True,
    }


def inspector(label: str) -> dict[str, Any]:
    """Return a finding.

    https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html
    """
    account, region = get_account_id(), get_region()
    return {
        "awsAccountId": account,
        "findingArn": f"arn:aws:inspector2:{region}:{account}:finding/{uuid.uuid4().hex}",
        "firstObservedAt": _now(),
        "lastObservedAt": _now(),
        "updatedAt": _now(),
        "severity": label,
        "status": "ACTIVE",
        "title": "CVE-2024-0000 - package",
        "description": "A sample of a package with a known fault.",
        "type": "PACKAGE_VULNERABILITY",
        "resources": [
            {
                "id": f"arn:aws:lambda:{region}:{account}:function:sample:$LATEST",
                "partition": "aws",
                "region": region,
                "type": "AWS_LAMBDA_FUNCTION",
            }
        ],
    }


def config() -> dict[str, Any]:
    """Return a change of compliance.

    https://docs.aws.amazon.com/config/latest/developerguide/monitor-config-with-cloudwatchevents.html
    """
    account, region = get_account_id(), get_region()
    return {
        "resourceId": "bucketName",
        "awsRegion": region,
        "awsAccountId": account,
        "configRuleName": "BucketsKeepVersions-conformance-pack-sample",
        "configRuleARN": f"arn:aws:config:{region}:{account}:config-rule/config-rule-sample",
        "recordVersion": "1.0",
        "messageType": "ComplianceChangeNotification",
        "newEvaluationResult": {"complianceType": "NON_COMPLIANT", "resultRecordedTime": _now()},
        "resourceType": "AWS::S3::Bucket",
        "notificationCreationTime": _now(),
    }


def send_samples() -> int:
    """Send a finding of each severity of Inspector, and one of Config; returns how many."""
    details = [inspector(label) for label in INSPECTOR]
    emit("aws.inspector2", "Inspector2 Finding", details)
    emit("aws.config", "Config Rules Compliance Change", [config()])
    return len(details) + 1
