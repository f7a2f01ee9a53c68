"""Who did what: a trail under a lock, tables over its files and over the access logs, and saved questions."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam

from config.settings import Settings
from lakehouse.model.dataset import Lake, Layer
from lakehouse.targets.glue import ExternalTable as Definition
from stacks.components.access.detokenizer import DETOKENIZER
from stacks.components.access.eraser_role import ERASER
from stacks.components.access.grants import READ, SEE, Grants
from stacks.components.access.repairer_role import REPAIRER
from stacks.components.storage.lake_bucket import ACCESS_LOGS_PREFIX
from stacks.components.tables.external_table import ExternalTable
from stacks.features.audit import tables
from stacks.features.audit.settings import AuditSettings, ExistingTrail
from stacks.features.audit.trail import ROLE, OwnTrail, open_key
from stacks.features.builder import FeatureBuilder
from stacks.lake_stack import LakeStack
from stacks.policies.acknowledgements import acknowledge
from stacks.resources import FoundationResources, GovernanceResources

QUESTIONS = Path(__file__).parent / "questions"
"""A file of SQL for each question. Its first line says what it answers, the lines with `-- ?` which values
its question marks stand for, in their order."""

_GLOBAL = "us-east-1"
"""Region of the events of services without one, such as IAM:
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html"""

_FILES = "readers read every file of the trail and of the access logs: they judge what others did"


class AuditStack(LakeStack):
    """The trail if it is the lake's own, the tables, and what lets readers ask them."""

    def __init__(
        self,
        scope: cdk.App,
        construct_id: str,
        *,
        settings: Settings,
        audit: AuditSettings,
        foundation: FoundationResources,
    ) -> None:
        """Build from the feature's settings."""
        super().__init__(
            scope, construct_id, settings=settings, description="Who did what: audit trail and questions"
        )
        self._audit = audit
        self._database = self.naming.database(*tables.DATABASE)
        own = None
        if not isinstance(audit.trail, ExistingTrail) and audit.keep_days is not None:
            own = OwnTrail(
                self, "OwnTrail", foundation=foundation, keep_days=audit.keep_days, lock=audit.lock
            )
        self._tables()
        self._let_read(foundation)
        self._grant()
        for file in sorted(QUESTIONS.glob("*.sql")):
            self._question(file)
        if own is not None:
            own.come_last()

    @property
    def _files(self) -> tuple[str, str]:
        """Bucket of the trail's files, and the prefix of the folder of each account."""
        trail = self._audit.trail
        if not isinstance(trail, ExistingTrail):
            return self.naming.bucket(ROLE), "AWSLogs/"
        # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
        organization = f"{trail.organization}/" if trail.organization else ""
        return trail.bucket, f"{trail.prefix}AWSLogs/{organization}"

    def _tables(self) -> None:
        database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=self.account,
            database_name=self._database,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=self._database, description="Who did what in the lake and its account"
            ),
        )
        bucket, prefix = self._files
        regions = dict.fromkeys((self.region, _GLOBAL, *self._audit.regions))
        logged = [self.naming.bucket(role) for role in tables.LOGGED]
        if not isinstance(self._audit.trail, ExistingTrail):
            logged.append(bucket)
        for name, table, description in (
            (
                tables.EVENTS,
                tables.events_table(f"s3://{bucket}/{prefix}", self.account, [*regions]),
                "What was asked of AWS in this account, by whom, as CloudTrail recorded it",
            ),
            (
                tables.ACCESS_LOGS,
                tables.access_logs_table(self.naming, ACCESS_LOGS_PREFIX, logged),
                "Requests to the buckets of the lake, as S3 logged them",
            ),
        ):
            self._table(name, table, description, database)

    def _table(self, name: str, table: Definition, description: str, database: glue.CfnDatabase) -> None:
        made = ExternalTable(
            self,
            name.title().replace("_", ""),
            catalog_id=self.account,
            database=self._database,
            name=name,
            description=description,
            owner="security",
            table=table,
        ).resource
        made.add_resource_dependency(database)
        Grants.of(self).follow(made)

    def _let_read(self, foundation: FoundationResources) -> None:
        """Let the roles of the readers ask the catalog for the tables, and read the files behind them.

        The files are at no location that is registered with Lake Formation, so whoever asks reads them by
        their own rights. https://docs.aws.amazon.com/athena/latest/ug/lf-athena-access.html
        """
        bucket, prefix = self._files
        files, logs = f"arn:{self.partition}:s3:::{bucket}", self.arns.bucket("access-logs")
        objects = [f"{files}/{prefix}{self.account}/*", f"{logs}/{ACCESS_LOGS_PREFIX}*"]
        catalog = [
            self.arns.catalog(),
            self.arns.database(*tables.DATABASE),
            *(self.arns.table(*tables.DATABASE, name) for name in (tables.EVENTS, tables.ACCESS_LOGS)),
        ]
        statements = [
            iam.PolicyStatement(
                actions=["glue:GetDatabase", "glue:GetTable", "glue:GetTables"], resources=catalog
            ),
            iam.PolicyStatement(actions=["s3:GetObject"], resources=objects),
            iam.PolicyStatement(actions=["s3:GetBucketLocation", "s3:ListBucket"], resources=[files, logs]),
        ]
        trail = self._audit.trail
        key = trail.key if isinstance(trail, ExistingTrail) else foundation.logs_key.key_arn
        if key is not None:
            statements.append(iam.PolicyStatement(actions=["kms:Decrypt"], resources=[key]))
        policy = iam.ManagedPolicy(
            self,
            "Readers",
            description="Reads the audit trail and the access logs",
            statements=statements,
            roles=[
                iam.Role.from_role_name(self, f"{name.title().replace('_', '')}Role", self._role_name(name))
                for name in self._audit.readers
            ],
        )
        for each in objects:
            acknowledge(policy, f"AwsSolutions-IAM5[Resource::{each}]", _FILES)

    def _grant(self) -> None:
        grants = Grants.of(self)
        for name in self._audit.readers:
            principal, title = self.arns.role(self._role_name(name)), name.title().replace("_", "")
            grants.on_database(f"{title}Database", principal, self._database, SEE)
            grants.on_tables(f"{title}Tables", principal, self._database, READ)

    def _role_name(self, persona: str) -> str:
        return self.naming.resource(persona)

    def _question(self, file: Path) -> None:
        """Save a question in the work group of the first reader."""
        sql = file.read_text(encoding="utf-8")
        names = {
            "{bronze}": self.naming.bucket(Layer.BRONZE),
            "{token_secret}": self.naming.token_secret,
            "{detokenizer}": self.arns.role(self.naming.resource(DETOKENIZER)),
            "{eraser}": self.arns.role(self.naming.resource(ERASER)),
            "{repairer}": self.arns.role(self.naming.resource(REPAIRER)),
        }
        for placeholder, name in names.items():
            sql = sql.replace(placeholder, name)
        athena.CfnNamedQuery(
            self,
            f"Asks{file.stem.title().replace('_', '')}",
            database=self._database,
            name=f"audit: {file.stem}",
            description=sql.partition("\n")[0].removeprefix("-- "),
            query_string=sql,
            work_group=self.naming.resource(self._audit.readers[0]),
        )


class Builder(FeatureBuilder):
    """Adds the stack, and lets the trail and its readers use the key of logs."""

    def __init__(self, section: AuditSettings) -> None:
        """Take the feature's settings."""
        self._section = section

    def found(self, stack: LakeStack, foundation: FoundationResources) -> None:
        """Open the key for the trail and for those who read its files."""
        if not isinstance(self._section.trail, ExistingTrail):
            open_key(stack, foundation, self._section.readers)

    def stacks(
        self,
        app: cdk.App,
        *,
        settings: Settings,
        lake: Lake,
        foundation: FoundationResources,
        governance: GovernanceResources,
    ) -> list[cdk.Stack]:
        """Add it."""
        return [AuditStack(app, "Audit", settings=settings, audit=self._section, foundation=foundation)]
