"""Iceberg tables of the catalog.

CloudFormation's own table resource loses an Iceberg table's metadata pointer on update
(https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1919), so tables are kept by
a function that creates them through Glue's Iceberg API, adds what a newer contract adds, and drops nothing.
"""

from collections.abc import Mapping

import aws_cdk as cdk
from constructs import Construct

from stacks.lake_stack import KEEP

TABLE_TIMEOUT = cdk.Duration.minutes(5)
"""Longest time for one table: a hung call to Glue and its retries take up to two minutes."""


class IcebergTable(Construct):
    """One table, created before its jobs run and evolved in place afterwards."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables_function_arn: str,
        definition: Mapping[str, str],
        database: cdk.CfnResource | None,
    ) -> None:
        """Hand the definition (see `lakehouse.targets.iceberg`) to the function that keeps tables.

        `database` is the one that the definition names, if it belongs to the same stack.
        """
        super().__init__(scope, construct_id)
        self.definition = definition
        self.resource = cdk.CfnResource(
            self,
            "Resource",
            type="Custom::IcebergTable",
            properties={
                "ServiceToken": tables_function_arn,
                "ServiceTimeout": str(TABLE_TIMEOUT.to_seconds()),
                **definition,
            },
        )
        self.resource.apply_removal_policy(KEEP)
        if database is not None:
            self.resource.add_resource_dependency(database)
