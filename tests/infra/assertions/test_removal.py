"""What outlives its stack, and what no failed deployment leaves behind."""

from collections.abc import Callable
from typing import Any

from config.naming import OUTLIVES

STATEFUL = {
    "AWS::S3::Bucket", "AWS::KMS::Key", "AWS::Kinesis::Stream", "AWS::SecretsManager::Secret",
    "AWS::Glue::Database", "AWS::Logs::LogGroup", "Custom::IcebergTable",
}  # fmt: skip
FILLED_AGAIN = {"Governance/Discovered", "Audit/Database"}
"""Databases whose tables crawlers find, or a template makes, again."""
ACCOUNT, POLICY = "AWS::ApiGateway::Account", "AWS::IAM::Policy"


def test_no_resource_outlives_the_failure_of_its_creation(resources: Callable[..., Any]) -> None:
    policies = {where: resource.get("DeletionPolicy", "Delete") for where, resource in resources()}
    assert set(policies.values()) == {"Delete", "RetainExceptOnCreate"}


def test_what_holds_data_outlives_its_stack_and_its_replacement(resources: Callable[..., Any]) -> None:
    kept = {
        where: (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
        for where, resource in resources(*STATEFUL)
        if where not in FILLED_AGAIN
    }
    assert {where.split("/")[0] for where in kept} > {"Foundation", "Storage", "Ingestion"}
    assert set(kept.values()) == {("RetainExceptOnCreate", "Retain")}


def test_what_removal_spares_is_the_role_by_which_the_apis_of_the_account_write_logs(
    resources: Callable[..., Any],
) -> None:
    spared = {where: each for where, each in resources() if OUTLIVES in each.get("Metadata", {})}
    wanted = set()
    for where, account in resources(ACCOUNT):
        role = account["Properties"]["CloudWatchRoleArn"]["Fn::GetAtt"][0]
        wanted |= {where, f"Ingestion/{role}"} | {
            name for name, policy in resources(POLICY) if policy["Properties"]["Roles"] == [{"Ref": role}]
        }
        assert len(wanted) == 3
    assert spared.keys() == wanted
    assert {each["DeletionPolicy"] for each in spared.values()} <= {"RetainExceptOnCreate"}
