"""The table of findings: a Firehose that writes them into silver, and who reads them."""

import aws_cdk as cdk
from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from config.naming import Naming
from lakehouse.model.dataset import Layer
from lakehouse.targets.glue import FIRST_INGEST_DATE, Column, json_table
from lakehouse.targets.glue import ExternalTable as Definition
from stacks.components.access.governed_tables import Governed, GovernedTables
from stacks.components.access.grants import READ, SEE, Grants
from stacks.components.access.statements import (
    FIREHOSE,
    READ_OBJECTS,
    USE_KEY,
    WRITE_OBJECTS,
    allow,
    service_role,
)
from stacks.components.monitoring.alarms import alarm
from stacks.components.monitoring.log_group import log_group
from stacks.components.tables.external_table import ExternalTable
from stacks.features.security_findings.settings import SecurityFindingsSettings
from stacks.lake_stack import KEEP, LakeStack
from stacks.resources import FoundationResources, GovernanceResources

FOLDER = "security_findings"
"""Folder in the silver bucket, and what the database is called after, in place of a domain."""

TABLE = "findings"
DAY = "day"
"""Partition column."""

_FINDINGS = f"{FOLDER}/{TABLE}/"
_ERRORS = f"{FOLDER}/_errors/"
_LOG_STREAM = "delivery"
_BUFFER_SECONDS = 60

COLUMNS = (
    Column("finding_id", "string", "id of the finding at its service, which its later events share"),
    Column("found_at", "string", "instant of the event in UTC, in ISO 8601"),
    Column("source", "string", "guardduty, security_hub, inspector, macie or config"),
    Column("severity", "string", "CRITICAL, HIGH, MEDIUM, LOW or INFORMATIONAL"),
    Column("told", "string", "who was told: page, mail, or keep for nobody"),
    Column("finding_type", "string", "what kind of finding it is, as its service calls it"),
    Column("title", "string", "what was found"),
    Column("description", "string", "what that means"),
    Column("resource", "string", "what it was found at: an ARN, a name or a kind, as its service tells"),
    Column("account", "string", "account of the event"),
    Column("region", "string", "region of the event"),
    Column("event", "string", "all of the event, as JSON"),
)

QUERIES = {
    "serious": (
        "What is critical or high, of the last seven days",
        """SELECT found_at, severity, source, title, resource
FROM findings
WHERE day >= date_format(current_date - interval '7' day, '%Y-%m-%d')
  AND severity IN ('CRITICAL', 'HIGH')
ORDER BY found_at DESC""",
    ),
    "again": (
        "Findings that come again and again, as they were last",
        """SELECT finding_id, max_by(title, found_at) AS title, count(*) AS events, max(found_at) AS last
FROM findings
GROUP BY finding_id
ORDER BY events DESC""",
    ),
}
"""What is found by each, and how, by the name under which it is saved."""

_BY_AWS = "AWS's page demands it; the laptop's Firehose only puts objects"


def database(naming: Naming) -> str:
    """Return the name of the table's database."""
    return naming.database(Layer.SILVER, FOLDER)


def definition(naming: Naming) -> Definition:
    """Return the table; partitions are projected, nobody registers them."""
    location = f"s3://{naming.bucket(Layer.SILVER)}/{_FINDINGS}"
    return json_table(
        location,
        COLUMNS,
        (Column(DAY, "string", "day on which the finding arrived in UTC, as YYYY-MM-DD"),),
        {
            "projection.enabled": "true",
            f"projection.{DAY}.type": "date",
            f"projection.{DAY}.format": "yyyy-MM-dd",
            f"projection.{DAY}.range": f"{FIRST_INGEST_DATE},NOW+1DAYS",
            "storage.location.template": f"{location}{DAY}=${{{DAY}}}/",
        },
    )


def expire(bucket: s3.Bucket, section: SecurityFindingsSettings) -> None:
    """Have the silver bucket delete findings once nobody keeps them."""
    bucket.add_lifecycle_rule(
        id="SecurityFindings", prefix=f"{FOLDER}/", expiration=cdk.Duration.days(section.keep_days)
    )


class FindingsTable(Construct):
    """Keeps findings, without anything that costs while there are none."""

    def __init__(
        self,
        scope: LakeStack,
        construct_id: str,
        *,
        section: SecurityFindingsSettings,
        foundation: FoundationResources,
        governance: GovernanceResources,
    ) -> None:
        """Build for the readers of the settings."""
        super().__init__(scope, construct_id)
        self._stack = scope
        self._foundation = foundation
        self._name = scope.naming.resource("findings")
        self._deliver()
        self._alarm()
        self._govern(section, governance)
        self._queries(section)

    @property
    def delivery_arn(self) -> str:
        """ARN of the Firehose, by its name: what sends to it waits for nothing else of it."""
        return self._delivery.attr_arn

    def _deliver(self) -> None:
        """Buffer rows into objects by the day of their arrival."""
        stack, group_name = self._stack, f"/aws/kinesisfirehose/{self._name}"
        group = log_group(stack, self, group_name, self._foundation.logs_key)
        stream = logs.CfnLogStream(self, "LogStream", log_group_name=group.ref, log_stream_name=_LOG_STREAM)
        role = self._role(stack.arns.log_stream(group_name, _LOG_STREAM))
        of = firehose.CfnDeliveryStream
        delimiter = of.ProcessorParameterProperty(parameter_name="Delimiter", parameter_value="\\n")
        self._delivery = of(
            self,
            "Delivery",
            delivery_stream_name=self._name,
            delivery_stream_type="DirectPut",
            # For the seconds until the rows are in the bucket, under its own key.
            delivery_stream_encryption_configuration_input=of.DeliveryStreamEncryptionConfigurationInputProperty(
                key_type="AWS_OWNED_CMK"
            ),
            extended_s3_destination_configuration=of.ExtendedS3DestinationConfigurationProperty(
                bucket_arn=stack.arns.bucket(Layer.SILVER),
                role_arn=role.role_arn,
                prefix=f"{_FINDINGS}{DAY}=!{{timestamp:yyyy-MM-dd}}/",
                error_output_prefix=f"{_ERRORS}!{{firehose:error-output-type}}/",
                compression_format="GZIP",
                buffering_hints=of.BufferingHintsProperty(
                    interval_in_seconds=_BUFFER_SECONDS, size_in_m_bs=1
                ),
                cloud_watch_logging_options=of.CloudWatchLoggingOptionsProperty(
                    enabled=True, log_group_name=group_name, log_stream_name=_LOG_STREAM
                ),
                processing_configuration=of.ProcessingConfigurationProperty(
                    enabled=True,
                    processors=[of.ProcessorProperty(type="AppendDelimiterToRecord", parameters=[delimiter])],
                ),
            ),
        )
        self._delivery.node.add_dependency(role, stream)

    def _role(self, log_stream: str) -> iam.Role:
        """What Firehose may do: https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html."""
        arns = self._stack.arns
        role = service_role(self, "Role", FIREHOSE, "Keeps security findings")
        allow(
            role,
            (*READ_OBJECTS, *WRITE_OBJECTS),
            [arns.objects(Layer.SILVER, f"{FOLDER}/")],
            why_wildcard="Firehose names the objects that it writes",
            not_asked=_BY_AWS,
        )
        allow(
            role,
            ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
            [arns.bucket(Layer.SILVER)],
            not_asked=_BY_AWS,
        )
        key = self._foundation.keys[Layer.SILVER].key_arn
        allow(role, USE_KEY, [key], not_asked=_BY_AWS)
        allow(role, ["logs:PutLogEvents"], [log_stream], asked_when="a finding cannot be written")
        return role

    def _alarm(self) -> None:
        alarm(
            self,
            "Undelivered",
            name=f"{self._name}-undelivered",
            description=(
                "Security findings wait in Firehose and do not come into their table: read its delivery log; "
                "after 24 h it gives them up"
            ),
            runbook="undelivered",
            namespace="AWS/Firehose",
            metric="DeliveryToS3.DataFreshness",  # seconds
            dimensions={"DeliveryStreamName": self._name},
            statistic="Maximum",
            period_seconds=300,
            threshold=_BUFFER_SECONDS + self._stack.settings.alarms.delivery_minutes * 60,
            topic=self._foundation.alarm_topic,
        )

    def _govern(self, section: SecurityFindingsSettings, governance: GovernanceResources) -> None:
        """Let the readers read, by name: the table has no tags by which others would."""
        stack, name = self._stack, database(self._stack.naming)
        made = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=stack.account,
            database_name=name,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=name,
                description="What AWS's security services found",
                location_uri=f"s3://{stack.naming.bucket(Layer.SILVER)}/{FOLDER}/",
            ),
        )
        made.apply_removal_policy(KEEP)
        table = ExternalTable(
            self,
            "Findings",
            catalog_id=stack.account,
            database=name,
            name=TABLE,
            description="Security findings: a row for each event of each.",
            owner=stack.settings.owner,
            table=definition(stack.naming),
        ).resource
        table.add_resource_dependency(made)
        grants = Grants.of(stack)
        grants.follow(made, table)
        for reader in section.readers:
            principal = stack.arns.role(stack.naming.resource(reader))
            title = reader.title().replace("_", "")
            grants.on_database(f"{title}Database", principal, name, SEE)
            grants.on_tables(f"{title}Tables", principal, name, READ)
        GovernedTables(
            self,
            "Closed",
            stack=stack,
            governance=governance,
            governed=[Governed(name), Governed(name, TABLE)],
            after=[made, table, *grants.made],
        )

    def _queries(self, section: SecurityFindingsSettings) -> None:
        """Save queries to begin with in the work group of the first reader."""
        for name, (description, sql) in QUERIES.items():
            athena.CfnNamedQuery(
                self,
                f"Asks{name.title().replace('-', '')}",
                database=database(self._stack.naming),
                name=f"findings: {name}",
                description=description,
                query_string=sql,
                work_group=self._stack.naming.resource(section.readers[0]),
            )
