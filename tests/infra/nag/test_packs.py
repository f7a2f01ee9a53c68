"""The AwsSolutions pack finds nothing, and no acknowledgement outlives its finding."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import aws_cdk as cdk
import pytest
from cdk_nag import AwsSolutionsChecks

from tests.fixtures.environments import Environment


def _findings(app: cdk.App) -> set[tuple[str, str]]:
    report = AwsSolutionsChecks(app).validate_scope(app)
    return {
        (violation.rule_name, resource.construct_path or "")
        for violation in report.violations
        for resource in violation.violating_resources
    }


def test_pack_finds_nothing(build_app: Callable[..., cdk.App], environment: Environment) -> None:
    assert _findings(build_app(environment)) == set()


def test_every_acknowledgement_covers_a_finding(
    build_app: Callable[..., cdk.App], environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    acknowledged: set[tuple[str, str]] = set()

    def record(scope: Any) -> SimpleNamespace:
        return SimpleNamespace(acknowledge=lambda entry: acknowledged.add((entry.id, scope.node.path)))

    # Stands in for the registry of acknowledgements only: the findings below are those without any.
    monkeypatch.setattr(cdk, "Validations", SimpleNamespace(of=record))
    findings = _findings(build_app(environment))
    assert acknowledged
    stale = {
        (finding, path)
        for finding, path in acknowledged
        if not any(rule == finding and where.startswith(path) for rule, where in findings)
    }
    assert stale == set()
