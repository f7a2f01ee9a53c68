"""No pack finds anything, and no acknowledgement outlives its finding."""

from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk

from stacks.policies.acknowledgements import withheld
from stacks.policies.lake.checks import findings
from stacks.policies.packs import NAG_PACKS
from tests.fixtures.environments import Environment


def _findings(app: cdk.App) -> set[tuple[str, str]]:
    return {
        (violation.rule_name, resource.construct_path or "")
        for pack in NAG_PACKS
        for violation in pack(app).validate_scope(app).violations
        for resource in violation.violating_resources
    }


def test_packs_find_nothing(build_app: Callable[..., cdk.App], framework_environment: Environment) -> None:
    assert _findings(build_app(framework_environment)) == set()


def test_every_acknowledgement_covers_a_finding_and_has_one_reason(
    build_app: Callable[..., cdk.App], framework_environment: Environment
) -> None:
    with withheld() as acknowledged:
        app = build_app(framework_environment)
    found = _findings(app)
    packs = {rule.partition("-")[0] for rule, _ in found}
    assert packs == {"AwsSolutions", "NIST.800.53.R5", "HIPAA.Security", "PCI.DSS.321"}
    assert [each for each in acknowledged if not any(each.covers(*finding) for finding in found)] == []
    assert len({(each.finding, each.path) for each in acknowledged}) == len(acknowledged)


def test_rules_of_the_lake_find_nothing(
    assemble: Callable[..., Path], framework_environment: Environment
) -> None:
    assert findings(assemble(framework_environment).glob("*.template.json")) == []
