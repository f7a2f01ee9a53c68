"""AWS DMS Serverless, from an Aurora PostgreSQL database into landing: the full tables, then every change.

A replication is deployed stopped; the runbook says how to start it, and what to do before it can be changed.
"""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_dms as dms
from aws_cdk import aws_iam as iam
from constructs import Construct

from config.settings import Settings
from lakehouse.layout import cdc
from lakehouse.model.dataset import Lake, Layer
from stacks.components.access.statements import USE_KEY, allow, service_role, tell_asked_when
from stacks.components.monitoring.alarms import alarm_on_query
from stacks.features.builder import FeatureBuilder
from stacks.features.dms.mappings import SETTINGS, table_mappings
from stacks.features.dms.settings import DmsSettings
from stacks.features.dms.source import replicas
from stacks.lake_stack import LakeStack
from stacks.policies.acknowledgements import acknowledge
from stacks.resources import FoundationResources, GovernanceResources

ACCOUNT_ROLES = {
    "dms-vpc-role": ("AmazonDMSVPCManagementRole", "Lets DMS use network interfaces of the account"),
    "dms-cloudwatch-logs-role": ("AmazonDMSCloudWatchLogsRole", "Lets DMS write logs of the account"),
}
"""Roles that DMS looks for by name, with the policy that it documents for each.

https://docs.aws.amazon.com/dms/latest/userguide/security-iam.html#CHAP_Security.APIRole
"""

_MIN_FILE_KIBIBYTES = 32_000

_REPLICATION = "a replication runs"


class DmsStack(LakeStack):
    """Endpoints, their roles, the replication of datasets whose source is `dms`, and alarms on its delay."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        dms: DmsSettings,
        lake: Lake,
        foundation: FoundationResources,
    ) -> None:
        """Build from the feature's settings; which tables there are, the contracts say."""
        super().__init__(
            scope, construct_id, settings=settings, description="Changes of database tables, by AWS DMS"
        )
        self._dms = dms
        self._key = foundation.keys[Layer.BRONZE]
        roles = [self._account_role(name) for name in ACCOUNT_ROLES if dms.account_roles]
        self._replication(self._source(), self._target(), self._subnets(roles), lake)
        self._alarms(foundation)

    def _source(self) -> dms.CfnEndpoint:
        role = service_role(
            self, "SecretRole", f"dms.{self.region}.amazonaws.com", "Lets DMS read the secret of the database"
        )
        tell_asked_when(role, _REPLICATION)
        secret, key = self._dms.secret_arn, self._dms.secret_key_arn
        allow(role, ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], [secret])
        allow(role, ["kms:Decrypt", "kms:DescribeKey"], [key])
        endpoint = dms.CfnEndpoint(
            self,
            "Source",
            endpoint_identifier=self.naming.resource("source"),
            endpoint_type="source",
            engine_name="aurora-postgresql",
            database_name=self._dms.database,
            ssl_mode="require",
            kms_key_id=self._key.key_arn,
            postgre_sql_settings=dms.CfnEndpoint.PostgreSqlSettingsProperty(
                secrets_manager_access_role_arn=role.role_arn,
                secrets_manager_secret_id=secret,
                heartbeat_enable=True,  # or the log of a database that rests is kept for ever
            ),
        )
        _after_policy(endpoint, role)
        return endpoint

    def _target(self) -> dms.CfnEndpoint:
        role = service_role(self, "LandingRole", "dms.amazonaws.com", "Lets DMS write files into landing")
        tell_asked_when(role, _REPLICATION)
        allow(
            role,
            ["s3:PutObject", "s3:DeleteObject", "s3:PutObjectTagging"],
            [self.arns.objects("landing", "")],
            why_wildcard="DMS names files, and the one with which it tests the connection",
        )
        allow(role, ["s3:ListBucket"], [self.arns.bucket("landing")])
        allow(role, USE_KEY, [self._key.key_arn])
        endpoint = dms.CfnEndpoint(
            self,
            "Target",
            endpoint_identifier=self.naming.resource("landing"),
            endpoint_type="target",
            engine_name="s3",
            kms_key_id=self._key.key_arn,
            s3_settings=dms.CfnEndpoint.S3SettingsProperty(
                bucket_name=self.naming.bucket("landing"),
                expected_bucket_owner=self.account,
                service_access_role_arn=role.role_arn,
                encryption_mode="sse-kms",
                server_side_encryption_kms_key_id=self._key.key_arn,
                data_format="parquet",
                compression_type="gzip",
                include_op_for_full_load=True,
                timestamp_column_name=cdc.CHANGED_AT,
                use_task_start_time_for_full_load_timestamp=True,
                cdc_max_batch_interval=self._dms.batch_seconds,
                cdc_min_file_size=_MIN_FILE_KIBIBYTES,
                date_partition_enabled=False,
                # In the order of transactions DMS writes CSV alone; the sequence orders changes instead.
                preserve_transactions=False,
            ),
        )
        _after_policy(endpoint, role)
        return endpoint

    def _subnets(self, roles: Sequence[iam.Role]) -> dms.CfnReplicationSubnetGroup:
        group = dms.CfnReplicationSubnetGroup(
            self,
            "Subnets",
            replication_subnet_group_identifier=self.naming.resource("dms"),
            replication_subnet_group_description="From where DMS reaches the database, S3 and the secret",
            subnet_ids=list(self._dms.subnet_ids),
        )
        group.node.add_dependency(*roles)
        return group

    def _account_role(self, name: str) -> iam.Role:
        policy, description = ACCOUNT_ROLES[name]
        construct_id = name.removeprefix("dms-").title().replace("-", "")
        role = service_role(self, construct_id, "dms.amazonaws.com", description, name=name)
        managed = f"service-role/{policy}"
        role.add_managed_policy(iam.ManagedPolicy.from_aws_managed_policy_name(managed))
        acknowledge(
            role,
            f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{managed}]",
            "DMS looks for this role by its name, and documents this policy for it",
        )
        return role

    def _replication(
        self,
        source: dms.CfnEndpoint,
        target: dms.CfnEndpoint,
        subnets: dms.CfnReplicationSubnetGroup,
        lake: Lake,
    ) -> None:
        dms.CfnReplicationConfig(
            self,
            "Replication",
            replication_config_identifier=self.naming.resource("dms"),
            replication_type="full-load-and-cdc",
            source_endpoint_arn=source.ref,
            target_endpoint_arn=target.ref,
            table_mappings=table_mappings(replicas(lake.datasets)),
            replication_settings=SETTINGS,
            compute_config=dms.CfnReplicationConfig.ComputeConfigProperty(
                min_capacity_units=self._dms.capacity_min,
                max_capacity_units=self._dms.capacity_max,
                multi_az=self._dms.multi_az,
                kms_key_id=self._key.key_arn,
                replication_subnet_group_id=subnets.ref,
                vpc_security_group_ids=list(self._dms.security_group_ids),
            ),
        )

    def _alarms(self, foundation: FoundationResources) -> None:
        """Tell of changes that come late, and of a replication that ran and does not run any more.

        DMS does not document the dimensions of a serverless replication's metrics, so the alarms ask for the
        worst of all replications of the account and region.
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Metrics_Insights_Alarm.html
        """
        for metric, where in (
            ("CDCLatencySource", "from the database: see its load, replication slot and transactions"),
            ("CDCLatencyTarget", "into landing: see the log of the replication and its capacity"),
        ):
            alarm_on_query(
                self,
                metric,
                name=f"{self.naming.resource('dms')}-{metric.lower()}",
                description=f"Replication has stopped, or changes come late {where}",
                query=f'SELECT MAX({metric}) FROM "AWS/DMS"',  # noqa: S608 (of metrics, and nobody's input)
                runbook="cdclatency",
                period_seconds=300,
                periods=3,
                threshold=self._dms.latency_seconds,
                on_silence=True,
                topic=foundation.alarm_topic,
            )


def _after_policy(endpoint: dms.CfnEndpoint, role: iam.Role) -> None:
    """DMS tries the role while it creates an endpoint."""
    endpoint.node.add_dependency(role.node.find_child("DefaultPolicy"))


class Builder(FeatureBuilder):
    """Adds the stack of the replication."""

    def __init__(self, section: DmsSettings) -> None:
        """Take the feature's settings."""
        self._section = section

    def stacks(
        self,
        app: cdk.App,
        *,
        settings: Settings,
        lake: Lake,
        foundation: FoundationResources,
        governance: GovernanceResources,
    ) -> list[cdk.Stack]:
        """Add it, whether or not a dataset names the feature."""
        return [DmsStack(app, "Dms", settings=settings, dms=self._section, lake=lake, foundation=foundation)]
