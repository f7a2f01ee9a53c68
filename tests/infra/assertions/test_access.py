"""Least privilege: who may assume a role, what a role may do, and where wildcards are."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from config.load import PROJECT_ROOT
from lakehouse.odcs import load_lake
from lakehouse.placement import stack_id

PERSONAS = {"Analyst", "Engineer", "Operator", "Scientist"}
SILENT = {None, "lambda.amazonaws.com", "apigateway.amazonaws.com"}
"""Principals that do not say for whom they assume a role."""
UNSCOPED = {
    "cloudwatch:PutMetricData",
    "logs:CreateLogDelivery",
    "logs:CreateLogGroup",
    "xray:PutTraceSegments",
}
"""First action of each statement whose service has no resource-level permissions, or that is for all APIs."""


def _statements(resources: Callable[..., Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for where, policy in resources("AWS::IAM::Policy"):
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            yield where, statement


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_role_is_bounded_and_trusts_one_service_of_this_account(resources: Callable[..., Any]) -> None:
    for where, role in resources("AWS::IAM::Role"):
        properties = role["Properties"]
        assert "boundary" in str(properties["PermissionsBoundary"]), where
        [statement] = properties["AssumeRolePolicyDocument"]["Statement"]
        if any(persona in where for persona in PERSONAS):
            assert "iam" in str(statement["Principal"]["AWS"]), where
        else:
            assert isinstance(statement["Principal"]["Service"], str), where
        if statement["Principal"].get("Service") not in SILENT:
            assert re.fullmatch(r"\d{12}", statement["Condition"]["StringEquals"]["aws:SourceAccount"]), where


def test_statement_has_no_wildcard_action(resources: Callable[..., Any]) -> None:
    statements = list(_statements(resources))
    assert statements
    for where, statement in statements:
        assert not [action for action in _list(statement["Action"]) if "*" in action], where


def test_statement_names_its_resources_unless_the_service_has_none(resources: Callable[..., Any]) -> None:
    for where, statement in _statements(resources):
        if "*" in _list(statement["Resource"]):
            assert UNSCOPED & set(_list(statement["Action"])), (where, statement)


def test_role_has_no_managed_policy(resources: Callable[..., Any]) -> None:
    for where, role in resources("AWS::IAM::Role"):
        assert "ManagedPolicyArns" not in role["Properties"], where


def test_job_role_reaches_only_its_own_domain(templates: dict[str, Any]) -> None:
    domains = {name.removeprefix("Domain").lower() for name in templates if name.startswith("Domain")}
    assert len(domains) > 1
    for domain in domains:
        template = templates[f"Domain{domain.title()}"]
        policies = [r for r in template["Resources"].values() if r["Type"] == "AWS::IAM::Policy"]
        text = str([policy["Properties"]["PolicyDocument"] for policy in policies])
        foreign = [other for other in domains - {domain} if f"/{other}/" in text or f"_{other}/" in text]
        assert not foreign, domain


def test_only_the_silver_job_of_a_masking_domain_reads_the_masking_key(templates: dict[str, Any]) -> None:
    readers = {
        (stack, logical_id.partition("Role")[0])
        for stack, template in templates.items()
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Policy" and "secretsmanager:GetSecretValue" in str(resource)
    }
    masking = {
        dataset.domain
        for dataset in load_lake(PROJECT_ROOT).datasets
        if any(field.masking for field in dataset.fields)
    }
    assert readers == {(stack_id(domain, 1), "BronzeToSilver") for domain in masking} != set()
