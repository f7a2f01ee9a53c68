"""How serious a finding is, by the labels of the AWS Security Finding Format."""

from typing import Literal, get_args

Severity = Literal["critical", "high", "medium", "low", "informational"]
"""https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Severity.html"""

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The worst first."""
