"""Packs of rules about constructs: those of cdk-nag, and the lake's own."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import aws_cdk as cdk

from stacks.policies.acknowledgements import Acknowledgement
from stacks.policies.lake.checks import PACK, findings
from stacks.policies.packs import NAG_PACKS
from tools.policy.results import Accepted, Found, Result, judge


def nag_results(app: cdk.App, acknowledged: Iterable[Acknowledgement]) -> Iterator[Result]:
    """Run cdk-nag on an app that was built while acknowledgements were withheld."""
    accepted = [Accepted(each.finding, each.path, each.reason) for each in acknowledged]
    for pack in NAG_PACKS:
        checks = pack(app)
        prefix = f"{checks.read_pack_name}-"
        report = checks.validate_scope(app)
        found = [
            Found(violation.rule_name, resource.construct_path or "", violation.description)
            for violation in report.violations
            for resource in violation.violating_resources
        ]
        own = [each for each in accepted if each.rule.startswith(prefix)]
        yield judge(checks.read_pack_name, found, own, _contains)


def lake_result(templates: Iterable[Path]) -> Result:
    """Run the lake's own rules."""
    found = [
        Found(each.rule.name, f"{each.resource.template.name}/{each.resource.logical_id}", each.fault)
        for each in findings(templates)
    ]
    return judge(PACK, found, (), lambda _, __: False)


def _contains(accepted: Accepted, found: Found) -> bool:
    return Acknowledgement(accepted.rule, accepted.where, accepted.reason).covers(found.rule, found.where)
