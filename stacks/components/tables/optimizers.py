"""Glue's table optimizers: compaction, snapshot expiry and orphan file deletion, managed by AWS.

Sources: https://docs.aws.amazon.com/glue/latest/dg/table-optimizers.html and, for what a role needs,
https://docs.aws.amazon.com/glue/latest/dg/optimization-prerequisites.html
"""

from collections.abc import Iterable, Mapping
from typing import Any

from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from constructs import Construct

from config.settings import TableSettings
from lakehouse.model.dataset import Layer
from stacks.components.access.pipelines import grant_own_tables
from stacks.components.access.statements import (
    READ_OBJECTS,
    USE_KEY,
    allow,
    list_bucket,
    service_role,
    tell_asked_when,
)
from stacks.components.tables.iceberg_table import IcebergTable
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

_OPTIMIZER = glue.CfnTableOptimizer

_LOG_GROUPS = ("compaction", "retention", "orphan-file-deletion")


def optimizer_role(
    stack: LakeStack, *, domain: str, layers: Iterable[Layer], foundation: FoundationResources
) -> iam.Role:
    """Make the role under which Glue works on all tables of a domain in these layers.

    It has a name of its own, so that stacks of later parts of the domain can name it.
    """
    role = service_role(
        stack, "OptimizerRole", "glue.amazonaws.com", f"Optimizes tables of {domain}",
        name=optimizer_role_name(stack, domain),
    )  # fmt: skip
    tell_asked_when(role, "Glue runs the optimizers of its tables")
    kept = tuple(layers)
    for layer in kept:
        prefix = f"{domain}/"
        allow(
            role,
            (*READ_OBJECTS, "s3:PutObject", "s3:DeleteObject"),
            [stack.arns.objects(layer, prefix)],
            why_wildcard="Iceberg names the files below the domain's prefix",
        )
        list_bucket(role, stack.arns.bucket(layer))
        allow(role, USE_KEY, [foundation.keys[layer].key_arn])
        allow(
            role,
            ["glue:GetTable", "glue:UpdateTable"],
            [stack.arns.catalog(), stack.arns.database(layer, domain), stack.arns.tables(layer, domain)],
            why_wildcard="the optimizers work on every table of the domain",
        )
    allow(
        role,
        ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        [stack.arns.log_groups(f"/aws-glue/iceberg-{group}/logs") for group in _LOG_GROUPS],
        why_wildcard="Glue names the streams in the log groups of its optimizers",
    )
    # Buckets are registered with Lake Formation, which gives the optimizers what they read and write by.
    allow(role, ["lakeformation:GetDataAccess"], ["*"], why_wildcard="the action has no resources")
    grant_own_tables(stack, "Optimizers", role.role_arn, domain, writes=kept)
    return role


def optimizer_role_name(stack: LakeStack, domain: str) -> str:
    """Return the physical name of a domain's optimizer role."""
    return stack.naming.resource(domain, "optimizers")


class TableOptimizers(Construct):
    """The three optimizers of one table."""

    def __init__(
        self, scope: Construct, construct_id: str, *, stack: LakeStack, domain: str, table: IcebergTable
    ) -> None:
        """Optimize a table as the settings say, from when it exists."""
        super().__init__(scope, construct_id)
        role_arn = stack.arns.role(optimizer_role_name(stack, domain))
        for kind, configuration in _configurations(stack.settings.tables, table.definition).items():
            optimizer = _OPTIMIZER(
                self,
                kind.title().replace("_", ""),
                catalog_id=stack.account,
                database_name=table.definition["Database"],
                table_name=table.definition["Table"],
                type=kind,
                table_optimizer_configuration=_OPTIMIZER.TableOptimizerConfigurationProperty(
                    enabled=True, role_arn=role_arn, **configuration
                ),
            )
            optimizer.add_resource_dependency(table.resource)
            if (role := stack.node.try_find_child("OptimizerRole")) is not None:
                optimizer.node.add_dependency(role)


def _configurations(settings: TableSettings, definition: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Properties by the type of optimizer. The size of files is the table's own property."""
    return {
        "compaction": {
            "compaction_configuration": _OPTIMIZER.CompactionConfigurationProperty(
                iceberg_configuration=_OPTIMIZER.IcebergCompactionConfigurationProperty(strategy="binpack")
            )
        },
        "retention": {
            "retention_configuration": _OPTIMIZER.RetentionConfigurationProperty(
                iceberg_configuration=_OPTIMIZER.IcebergRetentionConfigurationProperty(
                    snapshot_retention_period_in_days=settings.snapshot_days,
                    number_of_snapshots_to_retain=settings.snapshots_min,
                    clean_expired_files=True,
                )
            )
        },
        "orphan_file_deletion": {
            "orphan_file_deletion_configuration": _OPTIMIZER.OrphanFileDeletionConfigurationProperty(
                iceberg_configuration=_OPTIMIZER.IcebergConfigurationProperty(
                    orphan_file_retention_period_in_days=settings.orphan_days,
                    # With the slash, or a listing by prefix would take another table's files for orphans.
                    location=f"{definition['Location']}/",
                )
            )
        },
    }
