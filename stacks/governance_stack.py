"""Who reads which table: Lake Formation, roles of people, the keeper of tables, a crawler of stray files."""

from collections.abc import Iterable

from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from constructs import Construct

from config.settings import Settings
from lakehouse.layout.paths import UNROUTED
from lakehouse.model.access import AccessPolicy
from lakehouse.model.dataset import Lake, Layer
from lakehouse.model.fields import CLASSIFICATIONS
from lakehouse.targets.lf_tags import ALL_ROWS, CLASSIFICATION, LAYER, ROWS, key
from stacks.components.access.data_lake import DISCOVERED, DataLake
from stacks.components.access.detokenizer import detokenizer_role
from stacks.components.access.eraser_role import eraser_role
from stacks.components.access.governed_tables import Governed, GovernedTables
from stacks.components.access.grants import CHANGE, CREATE, READ, SEE, Grants
from stacks.components.access.operator_role import let_operate
from stacks.components.access.people import EVERY_DOMAIN, let_query, let_see, trusted
from stacks.components.access.personas import grant_persona, persona_role
from stacks.components.access.repairer_role import repairer_role
from stacks.components.access.statements import (
    READ_OBJECTS,
    USE_KEY,
    allow,
    list_bucket,
    service_role,
    tell_asked_when,
)
from stacks.components.functions.python_function import PythonFunction
from stacks.components.jobs.spark_job import GLUE_SECURITY_ELSEWHERE
from stacks.components.monitoring.log_group import log_group
from stacks.components.tables.iceberg_table import TABLE_TIMEOUT
from stacks.features.builder import FeatureBuilder
from stacks.lake_stack import LakeStack
from stacks.policies.acknowledgements import acknowledge
from stacks.resources import FoundationResources, GovernanceResources

ICEBERG_LAYERS = (Layer.SILVER, Layer.GOLD, Layer.QUARANTINE)

_LATER_CONTRACT = "what is there already is read and changed where a contract changes"


class GovernanceStack(LakeStack):
    """What decides who reads which table, column and row."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        lake: Lake,
        foundation: FoundationResources,
        features: Iterable[FeatureBuilder],
    ) -> None:
        """Build from the settings of one environment, with what personas read beside its lake."""
        super().__init__(
            scope, construct_id, settings=settings, description="Catalog keeper, personas and crawlers"
        )
        self._foundation = foundation
        data_lake = DataLake(self, "DataLake", foundation=foundation)
        self._grants = Grants.of(self)
        self._grants.follow(*data_lake.tags, *data_lake.locations)
        tables = self._iceberg_tables()
        personas = {name: self._persona(name, lake.access) for name in settings.people.personas}
        self.resources = GovernanceResources(
            iceberg_tables=tables.function,
            lake_formation=data_lake.function.function,
            personas=[
                *(self.arns.role(self.naming.resource(name)) for name in personas),
                self._operator(),
                *self._repairer(),
                *self._eraser(),
            ],
        )
        if settings.people.detokenizers:
            detokenizer_role(self, foundation)
        self._crawler()
        for feature in features:
            feature.govern(
                self, lake=lake, personas=personas, governance=self.resources, after=data_lake.prepared
            )

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
            asked_when=_LATER_CONTRACT,
        )
        component.allow(
            ["s3:GetObject", "s3:PutObject"],
            [self.arns.objects(layer, "*/metadata/") for layer in ICEBERG_LAYERS],
            why_wildcard="Glue names the metadata files of the tables in these buckets",
            asked_when=_LATER_CONTRACT,
        )
        for layer in ICEBERG_LAYERS:
            list_bucket(component.role, self.arns.bucket(layer))
        keys = [self._foundation.keys[layer].key_arn for layer in ICEBERG_LAYERS]
        component.allow(list(USE_KEY), keys, asked_when=_LATER_CONTRACT)
        principal, tags = component.role.role_arn, {key(self.naming, LAYER): ICEBERG_LAYERS}
        self._grants.by_tags("IcebergDatabases", principal, "DATABASE", tags, CREATE)
        self._grants.by_tags("IcebergTables", principal, "TABLE", tags, CHANGE)
        for layer in ICEBERG_LAYERS:
            self._grants.on_location(f"Iceberg{layer.title()}", principal, self.arns.bucket(layer))
        return component

    def _persona(self, name: str, policy: AccessPolicy) -> iam.Role:
        """Make the role of a persona, and grant what the policy says of all domains."""
        role = persona_role(self, name, policy.personas[name], self._foundation)
        grant_persona(self._grants, self, name, policy.personas[name], role.role_arn)
        return role

    def _operator(self) -> str:
        """A role that people assume to run `lake-ops`; of tables it reads only what was rejected."""
        role = iam.Role(
            self,
            "OperatorRole",
            role_name=self.naming.resource("operator"),
            assumed_by=trusted(self, self.settings.people.operator),
            description="Replays and redrives what the lake refused",
        )
        let_query(role, self, self._foundation, persona="engineer")
        let_see(role, self, (Layer.QUARANTINE,))
        let_operate(role, self, self._foundation)
        tags = {key(self.naming, LAYER): [Layer.QUARANTINE.value]}
        self._grants.by_tags("OperatorDatabases", role.role_arn, "DATABASE", tags, SEE)
        self._grants.by_tags("OperatorReads", role.role_arn, "TABLE", tags, READ)
        return self.arns.role(self.naming.resource("operator"))

    def _repairer(self) -> list[str]:
        """The role of `lake-ops repair`, where somebody may assume it."""
        if not self.settings.people.repairers:
            return []
        return [repairer_role(self, self._foundation, self._grants)]

    def _eraser(self) -> list[str]:
        """The role of `lake-ops erase`, where somebody may assume it."""
        if not self.settings.people.erasers:
            return []
        return [eraser_role(self, self._foundation, self._grants)]

    def _crawler(self) -> None:
        """Discovers the schema of files that arrived without a contract, so that one can be drafted."""
        database = self.naming.database(*DISCOVERED)
        discovered = glue.CfnDatabase(
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
        self._govern(discovered, database, role)
        acknowledge(crawler, "AwsSolutions-GL1", GLUE_SECURITY_ELSEWHERE)

    def _govern(self, discovered: glue.CfnDatabase, database: str, role: iam.Role) -> None:
        """Give what the crawler discovers to Lake Formation, as the raw data that it is."""
        self._grants.follow(discovered)
        self._grants.on_database("CrawlerDatabase", role.role_arn, database)
        self._grants.on_tables("CrawlerTables", role.role_arn, database, CHANGE)
        unrouted = f"{self.arns.bucket('quarantine')}/{UNROUTED}"
        self._grants.on_location("CrawlerLocation", role.role_arn, unrouted)
        tags = {LAYER: Layer.QUARANTINE.value, CLASSIFICATION: CLASSIFICATIONS[-1], ROWS: ALL_ROWS}
        GovernedTables(
            self,
            "DiscoveredGoverned",
            stack=self,
            governance=self.resources,
            governed=[Governed(database, tags={key(self.naming, name): tag for name, tag in tags.items()})],
            after=self._grants.made,
        )

    def _crawler_role(self) -> iam.Role:
        role = service_role(
            self, "CrawlerRole", "glue.amazonaws.com", "Crawls files that no contract describes"
        )
        tell_asked_when(role, "the crawler runs when somebody starts it")
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
                self.arns.database(*DISCOVERED),
                self.arns.tables(*DISCOVERED),
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
