"""The keeper of the catalog's tables, persona roles, and crawlers over what no contract describes."""

from collections.abc import Sequence

from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from constructs import Construct

from config.settings import Settings
from lakehouse.model import READABLE_LAYERS, Layer
from stacks.components.access import (
    READ_OBJECTS,
    USE_KEY,
    WRITE_OBJECTS,
    allow,
    service_role,
)
from stacks.components.iceberg_table import KEEPER_TIMEOUT
from stacks.components.operator_role import let_operate
from stacks.components.python_function import PythonFunction
from stacks.components.spark_job import GLUE_SECURITY_ELSEWHERE
from stacks.lake_stack import LakeStack
from stacks.policies.acknowledgements import acknowledge
from stacks.resources import FoundationResources, GovernanceResources

EVERY_DOMAIN = "*"
"""A role's policy holds 10,240 characters: too few to name the databases of fifty domains.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

ICEBERG_LAYERS = (Layer.SILVER, Layer.GOLD, Layer.QUARANTINE)

UNROUTED_PREFIX = "unrouted/"
"""Where the landing router puts, in the quarantine bucket, what it cannot place."""


class GovernanceStack(LakeStack):
    """Who may read what; Lake Formation's settings and tags join here."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        foundation: FoundationResources,
    ) -> None:
        """Build from the settings of one environment."""
        super().__init__(
            scope, construct_id, settings=settings, description="Catalog keeper, personas and crawlers"
        )
        self._foundation = foundation
        self._crawler()
        self._operator()
        self.resources = GovernanceResources(
            iceberg_tables=self._iceberg_tables().function,
            persona_roles={persona: self._persona(persona) for persona in settings.analytics.scan_limit_gib},
        )

    def _iceberg_tables(self) -> PythonFunction:
        """The function behind `Custom::IcebergTable`; it drops nothing, so it may delete nothing."""
        component = PythonFunction(
            self,
            "IcebergTables",
            package="iceberg_tables",
            description="Creates the lake's Iceberg tables and adds what newer contracts add",
            environment={},
            timeout=KEEPER_TIMEOUT,
            memory_mebibytes=256,
            logs_key=self._foundation.logs_key,
        )
        component.allow(
            ["glue:GetTable", "glue:CreateTable", "glue:UpdateTable"],
            [
                self.arns.catalog(),
                *(self.arns.database(layer, EVERY_DOMAIN) for layer in ICEBERG_LAYERS),
                *(self.arns.tables(layer, EVERY_DOMAIN) for layer in ICEBERG_LAYERS),
            ],
            why_wildcard="contracts add domains and tables; the layer and the prefix of the lake stay named",
        )
        component.allow(
            ["s3:GetObject", "s3:PutObject"],
            [self.arns.objects(layer, "*/metadata/") for layer in ICEBERG_LAYERS],
            why_wildcard="Glue names the metadata files of the tables in these buckets",
        )
        component.allow(list(USE_KEY), [self._foundation.keys[layer].key_arn for layer in ICEBERG_LAYERS])
        return component

    def _persona(self, persona: str) -> iam.Role:
        """A role that people assume to query, through the persona's own work group."""
        layers = READABLE_LAYERS[persona]
        role = iam.Role(
            self,
            f"{persona.title()}Role",
            role_name=self.naming.resource(persona),
            assumed_by=iam.AccountPrincipal(self.account),
            description=f"Queries {', '.join(layers)} as {persona}",
        )
        self._allow_queries(role, persona)
        self._allow_tables(role, layers)
        return role

    def _operator(self) -> None:
        """A role that people assume to run `lake-ops`; of tables it reads only what was rejected."""
        role = iam.Role(
            self,
            "OperatorRole",
            role_name=self.naming.resource("operator"),
            assumed_by=iam.AccountPrincipal(self.account),
            description="Replays and redrives what the lake refused",
        )
        self._allow_queries(role, "engineer")
        self._allow_tables(role, (Layer.QUARANTINE,))
        let_operate(role, self, self._foundation)

    def _allow_queries(self, role: iam.Role, persona: str) -> None:
        allow(
            role,
            ["athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults",
             "athena:StopQueryExecution", "athena:GetWorkGroup", "athena:BatchGetQueryExecution",
             "athena:ListNamedQueries", "athena:GetNamedQuery"],
            [self.arns.workgroup(persona)],
        )  # fmt: skip
        allow(
            role,
            (*READ_OBJECTS, *WRITE_OBJECTS),
            [self.arns.objects("query-results", f"{persona}/")],
            why_wildcard="Athena names the result files below the persona's own prefix",
        )
        allow(role, ["s3:ListBucket", "s3:GetBucketLocation"], [self.arns.bucket("query-results")])
        allow(role, USE_KEY, [self._foundation.keys[Layer.GOLD].key_arn])

    def _allow_tables(self, role: iam.Role, layers: Sequence[Layer]) -> None:
        allow(
            role,
            [
                "glue:GetDatabase",
                "glue:GetDatabases",
                "glue:GetTable",
                "glue:GetTables",
                "glue:GetPartitions",
            ],
            [
                self.arns.catalog(),
                *(self.arns.database(layer, EVERY_DOMAIN) for layer in layers),
                *(self.arns.tables(layer, EVERY_DOMAIN) for layer in layers),
            ],
            why_wildcard="a persona sees every table of a layer; Lake Formation narrows rows and columns",
        )
        allow(
            role,
            READ_OBJECTS,
            [self.arns.objects(layer, "") for layer in layers],
            why_wildcard="a persona reads every file of a layer's tables",
        )
        allow(role, ["s3:ListBucket", "s3:GetBucketLocation"], [self.arns.bucket(layer) for layer in layers])
        allow(role, ["kms:Decrypt"], [self._foundation.keys[layer].key_arn for layer in layers])

    def _crawler(self) -> None:
        """Discovers the schema of files that arrived without a contract, so that one can be drafted."""
        database = self.naming.database("discovered", "files")
        glue.CfnDatabase(
            self,
            "Discovered",
            catalog_id=self.account,
            database_name=database,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=database, description="What crawlers found outside any contract"
            ),
        )
        role = self._crawler_role()
        crawler = glue.CfnCrawler(
            self,
            "Crawler",
            name=self.naming.resource("unrouted"),
            role=role.role_arn,
            database_name=database,
            crawler_security_configuration=self._foundation.glue_security,
            targets=glue.CfnCrawler.TargetsProperty(
                s3_targets=[
                    glue.CfnCrawler.S3TargetProperty(
                        path=f"s3://{self.naming.bucket('quarantine')}/{UNROUTED_PREFIX}"
                    )
                ]
            ),
            schema_change_policy=glue.CfnCrawler.SchemaChangePolicyProperty(
                update_behavior="UPDATE_IN_DATABASE", delete_behavior="LOG"
            ),
            recrawl_policy=glue.CfnCrawler.RecrawlPolicyProperty(recrawl_behavior="CRAWL_EVERYTHING"),
        )
        crawler.node.add_dependency(role)
        acknowledge(crawler, "AwsSolutions-GL1", GLUE_SECURITY_ELSEWHERE)

    def _crawler_role(self) -> iam.Role:
        role = service_role(
            self, "CrawlerRole", "glue.amazonaws.com", "Crawls files that no contract describes"
        )
        allow(
            role,
            READ_OBJECTS,
            [self.arns.objects("quarantine", UNROUTED_PREFIX)],
            why_wildcard="the crawler reads whatever the router could not place",
        )
        allow(role, ["s3:ListBucket", "s3:GetBucketLocation"], [self.arns.bucket("quarantine")])
        allow(role, ["kms:Decrypt"], [self._foundation.keys[Layer.QUARANTINE].key_arn])
        allow(
            role,
            ["glue:GetDatabase", "glue:GetTable", "glue:CreateTable", "glue:UpdateTable",
             "glue:BatchGetPartition", "glue:BatchCreatePartition", "glue:GetPartitions"],
            [
                self.arns.catalog(),
                self.arns.database("discovered", "files"),
                self.arns.tables("discovered", "files"),
            ],
            why_wildcard="the crawler names the tables that it discovers",
        )  # fmt: skip
        allow(
            role,
            ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:AssociateKmsKey"],
            [self.arns.log_group("/aws-glue/*")],
            why_wildcard="Glue names the log group after the security configuration",
        )
        return role
