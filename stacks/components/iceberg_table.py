"""Iceberg tables of the catalog.

CloudFormation's own table resource loses an Iceberg table's metadata pointer on update
(https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1919), so tables are kept by
a function that creates them through Glue's Iceberg API, adds what a newer contract adds, and drops nothing.
"""

from collections.abc import Mapping

import aws_cdk as cdk
from constructs import Construct

KEEPER_TIMEOUT = cdk.Duration.minutes(5)
"""Longest time for one table: a hung call to Glue and its retries take up to two minutes."""


class IcebergTable(Construct):
    """One table, created before its jobs run and evolved in place afterwards."""

    def __init__(
        self, scope: Construct, construct_id: str, *, keeper_arn: str, definition: Mapping[str, str]
    ) -> None:
        """Hand the definition (see `lakehouse.iceberg`) to the function that keeps tables."""
        super().__init__(scope, construct_id)
        cdk.CustomResource(
            self,
            "Resource",
            resource_type="Custom::IcebergTable",
            service_token=keeper_arn,
            properties=dict(definition),
            service_timeout=KEEPER_TIMEOUT,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
