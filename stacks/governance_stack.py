"""The function that creates the catalog's tables, roles of people, and a crawler over unrouted files."""

from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from constructs import Construct

from config.settings import Persona, Settings
from lakehouse.layout.paths import UNROUTED
from lakehouse.model.dataset import READABLE_LAYERS, Layer
from stacks.components.access.operator_role import let_operate
from stacks.components.access.people import EVERY_DOMAIN, let_query, let_read, trusted
from stacks.components.access.statements import READ_OBJECTS, USE_KEY, allow, list_bucket, service_role
from stacks.components.functions.python_function import PythonFunction
from stacks.components.jobs.spark_job import GLUE_SECURITY_ELSEWHERE
from stacks.components.monitoring.log_group import log_group
from stacks.components.tables.iceberg_table import TABLE_TIMEOUT
from stacks.lake_stack import LakeStack
from stacks.policies.acknowledgements import acknowledge
from stacks.resources import FoundationResources, GovernanceResources

ICEBERG_LAYERS = (Layer.SILVER, Layer.GOLD, Layer.QUARANTINE)


class GovernanceStack(LakeStack):
    """Who may read what, by the layers of the lake."""

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
        for persona in settings.analytics.scan_limit_gib:
            self._persona(persona)
        self.resources = GovernanceResources(iceberg_tables=self._iceberg_tables().function)

    def _iceberg_tables(self) -> PythonFunction:
        """The function behind `Custom::IcebergTable`; it drops nothing, so it may delete nothing."""
        component = PythonFunction(
            self,
            "IcebergTables",
            package="iceberg_tables",
            description="Creates the lake's Iceberg tables and adds what newer contracts add",
            environment={},
            timeout=TABLE_TIMEOUT,
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
        for layer in ICEBERG_LAYERS:
            list_bucket(component.role, self.arns.bucket(layer))
        component.allow(list(USE_KEY), [self._foundation.keys[layer].key_arn for layer in ICEBERG_LAYERS])
        return component

    def _persona(self, persona: Persona) -> None:
        """A role that people assume to query, through the persona's own work group."""
        layers = READABLE_LAYERS[persona]
        role = iam.Role(
            self,
            f"{persona.title()}Role",
            role_name=self.naming.resource(persona),
            assumed_by=trusted(self, self.settings.people.personas[persona]),
            description=f"Queries {', '.join(layers)} as {persona}",
        )
        let_query(role, self, self._foundation, persona=persona)
        let_read(role, self, self._foundation, layers)

    def _operator(self) -> None:
        """A role that people assume to run `lake-ops`; of tables it reads only what was rejected."""
        role = iam.Role(
            self,
            "OperatorRole",
            role_name=self.naming.resource("operator"),
            assumed_by=trusted(self, self.settings.people.operator),
            description="Replays and redrives what the lake refused",
        )
        let_query(role, self, self._foundation, persona="engineer")
        let_read(role, self, self._foundation, (Layer.QUARANTINE,))
        let_operate(role, self, self._foundation)

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
                        path=f"s3://{self.naming.bucket('quarantine')}/{UNROUTED}"
                    )
                ]
            ),
            schema_change_policy=glue.CfnCrawler.SchemaChangePolicyProperty(
                update_behavior="UPDATE_IN_DATABASE", delete_behavior="LOG"
            ),
            recrawl_policy=glue.CfnCrawler.RecrawlPolicyProperty(recrawl_behavior="CRAWL_EVERYTHING"),
        )
        # Glue names the group so, and would keep what is in it for ever:
        # https://docs.aws.amazon.com/glue/latest/dg/console-security-configurations.html
        group = f"/aws-glue/crawlers-role/{role.role_name}-{self._foundation.glue_security}"
        logs = log_group(self, Construct(self, "CrawlerRuns"), group, self._foundation.logs_key)
        crawler.node.add_dependency(role, logs)
        acknowledge(crawler, "AwsSolutions-GL1", GLUE_SECURITY_ELSEWHERE)

    def _crawler_role(self) -> iam.Role:
        role = service_role(
            self, "CrawlerRole", "glue.amazonaws.com", "Crawls files that no contract describes"
        )
        # https://docs.aws.amazon.com/glue/latest/dg/crawler-prereqs.html
        allow(
            role,
            READ_OBJECTS,
            [self.arns.objects("quarantine", UNROUTED)],
            why_wildcard="the crawler reads whatever the router could not place",
        )
        allow(role, ["s3:ListBucket", "s3:GetBucketLocation"], [self.arns.bucket("quarantine")])
        allow(role, ["kms:Decrypt"], [self._foundation.keys[Layer.QUARANTINE].key_arn])
        allow(
            role,
            ["glue:GetDatabase", "glue:GetTable", "glue:GetTables", "glue:CreateTable", "glue:UpdateTable",
             "glue:GetPartition", "glue:GetPartitions", "glue:BatchGetPartition", "glue:CreatePartition",
             "glue:BatchCreatePartition", "glue:UpdatePartition", "glue:BatchUpdatePartition"],
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
            [self.arns.log_groups("/aws-glue/")],
            why_wildcard="Glue names log groups after the security configuration, and its own streams",
        )
        return role
