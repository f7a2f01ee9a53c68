"""Exceptions that the buckets' statement forgets, and rights that EC2 and Glue ask for, are told."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.environments import LIVE
from tests.infra.preflight.planting import Copy, Faults, Planted, is_seen
from tools.assembly.folder import read

BUCKET, ROLE, MANAGED = "AWS::S3::BucketPolicy", "AWS::IAM::Role", "AWS::IAM::ManagedPolicy"
ENVIRONMENT = replace(LIVE, features=("network",))

fault = Faults()


def closing(copy: Copy, bucket: str) -> dict[str, Any]:
    """The condition of the statement that refuses who comes from elsewhere."""
    statements = copy.statements("Storage", f"{bucket}Policy", BUCKET)
    [found] = [each for each in statements if each.get("Sid") == "FromTheNetwork"]
    condition: dict[str, Any] = found["Condition"]
    return condition


@fault("query-results", "Governance/AnalystRole")
def athena_is_not_excepted_that_writes_for_who_asks(copy: Copy) -> None:
    del closing(copy, "QueryResults")["BoolIfExists"]["aws:ViaAWSService"]


@fault("network-service-objects", "Storage/LandingPolicy")
def service_is_not_excepted_that_asks_for_itself(copy: Copy) -> None:
    del closing(copy, "Landing")["BoolIfExists"]["aws:PrincipalIsAWSService"]
    bucket = f"arn:aws:s3:::{LIVE.naming.bucket('landing')}/*"
    copy.statements("Storage", "LandingPolicy", BUCKET).append(
        {
            "Effect": "Allow",
            "Principal": {"Service": "appflow.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": bucket,
            "Condition": {"StringEquals": {"aws:SourceAccount": LIVE.settings.account}},
        }
    )


@fault("firehose-objects", "DomainShop/")
def roles_of_services_are_not_excepted_in_bronze(copy: Copy) -> None:
    del closing(copy, "Bronze")["StringNotEqualsIfExists"]["aws:PrincipalTag/dp:exclude:network"]


@fault("location-objects", "Governance/DataLakeGold")
def roles_of_services_are_not_excepted_in_gold(copy: Copy) -> None:
    del closing(copy, "Gold")["StringNotEqualsIfExists"]["aws:PrincipalTag/dp:exclude:network"]


@fault("glue-optimizer-objects", "DomainShop/")
def optimizer_has_lost_its_tag(copy: Copy) -> None:
    del copy.properties("DomainShop", "OptimizerRole", ROLE)["Tags"]


@fault("object-missing", "DomainShop/BronzeToSilverRole")
def bucket_knows_another_endpoint(copy: Copy) -> None:
    closing(copy, "Silver")["StringNotEqualsIfExists"]["aws:SourceVpce"] = ["vpce-0"]


@fault("network-bucket-stays-manageable", "Storage/GoldPolicy")
def statement_takes_the_bucket_from_who_deploys(copy: Copy) -> None:
    statements = copy.statements("Storage", "GoldPolicy", BUCKET)
    [found] = [each for each in statements if each.get("Sid") == "FromTheNetwork"]
    found["Action"] = "s3:*"


@fault("flow-logs-trust", "Network/Flows")
def flow_logs_are_those_of_another_account(copy: Copy) -> None:
    [statement] = copy.statements("Network", "FlowLogsRole", ROLE)
    statement["Condition"]["StringEquals"]["aws:SourceAccount"] = "123456789012"


@fault("flow-logs-streams", "Network/Flows")
def flow_logs_may_make_no_stream(copy: Copy) -> None:
    copy.forbid("Network", "FlowLogsRoleDefaultPolicy", "logs:CreateLogStream")


@fault("flow-logs-group", "Network/Flows")
def flow_logs_may_look_for_no_group(copy: Copy) -> None:
    copy.forbid("Network", "FlowLogsRoleDefaultPolicy", "logs:DescribeLogGroups")


@fault("job-network-connection", "DomainShop/")
def job_may_not_read_its_connection(copy: Copy) -> None:
    for statement in copy.statements("Network", "JobInterfaces", MANAGED):
        if statement["Action"] == "glue:GetConnection":
            statement["Resource"] = statement["Resource"][0]


@fault("job-network-looks", "DomainShop/")
def job_may_not_see_endpoints(copy: Copy) -> None:
    for statement in copy.statements("Network", "JobInterfaces", MANAGED):
        if "ec2:DescribeVpcEndpoints" in statement["Action"]:
            statement["Action"].remove("ec2:DescribeVpcEndpoints")


@fault("job-network-interfaces", "DomainShop/")
def job_may_tag_interfaces_by_another_name(copy: Copy) -> None:
    for statement in copy.statements("Network", "JobInterfaces", MANAGED):
        if "ec2:CreateTags" in statement["Action"]:
            statement["Condition"]["ForAllValues:StringEquals"]["aws:TagKeys"] = ["another"]


@fault("lambda-network-interfaces", "DomainShop/SilverFunction")
def function_may_make_no_interface(copy: Copy) -> None:
    for statement in copy.statements("Network", "FunctionInterfaces", MANAGED):
        if statement["Effect"] == "Allow" and statement["Action"] == "ec2:CreateNetworkInterface":
            statement["Resource"] = "arn:aws:ec2:*:*:subnet/*"


@pytest.mark.parametrize("planted", list(fault), ids=str)
def test_planted_fault_is_seen(planted: Planted, assemble: Callable[..., Path]) -> None:
    is_seen(planted, Copy(read(assemble(ENVIRONMENT))))
