"""Exceptions from policy rules: each names one exact finding and why it stands.

An exception is written beside the resource that needs it, so it goes when the resource goes. A test
fails on one that no longer matches a finding.
"""

import aws_cdk as cdk
from constructs import IConstruct


def acknowledge(scope: IConstruct, finding: str, reason: str) -> None:
    """Accept one finding of a policy pack on a construct and what it contains.

    Args:
        scope: The construct that the finding names, or one that contains it.
        finding: The exact id, such as `AwsSolutions-IAM5[Resource::*]`; no prefix matches.
        reason: Why the rule does not serve here, for the reader of the validation report.
    """
    cdk.Validations.of(scope).acknowledge(cdk.Acknowledgment(id=finding, reason=reason))
