"""Findings as others send them to Security Hub."""

from typing import Any


def asff(region: str, account: str, label: str, product: str = "guardduty") -> dict[str, Any]:
    """A finding with what Security Hub requires."""
    now = "2026-11-30T00:00:00Z"
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"arn:aws:{product}:finding/{label}",
        "ProductArn": f"arn:aws:securityhub:{region}::product/aws/{product}",
        "GeneratorId": product,
        "AwsAccountId": account,
        "Types": ["TTPs"],
        "CreatedAt": now,
        "UpdatedAt": now,
        "Severity": {"Label": label},
        "Title": f"{label} of {product}",
        "Description": "What that means.",
        "Resources": [{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::bucketName"}],
    }
