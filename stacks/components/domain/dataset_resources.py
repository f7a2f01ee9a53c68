"""Everything of one dataset: how it arrives, its tables and its rules."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from aws_cdk import aws_kinesis as kinesis
from constructs import Construct

from lakehouse.layout.cdc import is_replica
from lakehouse.model.access import AccessPolicy
from lakehouse.model.dataset import Dataset, Layer, Mode, Source
from lakehouse.targets import bronze_csv, dqdl, iceberg
from lakehouse.targets.glue import bronze_table
from stacks.components.access.filters import TableFilters
from stacks.components.access.governed_tables import GovernedTables, governed_tables
from stacks.components.access.grants import Grants
from stacks.components.streaming.source_stream import SourceStream
from stacks.components.tables.external_table import ExternalTable
from stacks.components.tables.iceberg_table import IcebergTable
from stacks.components.tables.optimizers import TableOptimizers
from stacks.features.builder import FeatureBuilder
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources, GovernanceResources, IngestionResources


class DatasetResources(Construct):
    """What a contract deploys; `lakehouse.placement.parts` knows how many resources that is."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stack: LakeStack,
        dataset: Dataset,
        foundation: FoundationResources,
        governance: GovernanceResources,
        ingestion: IngestionResources,
        catalog: cdk.CfnResource | None,
        policy: AccessPolicy,
        features: Mapping[str, FeatureBuilder],
    ) -> None:
        """Build one dataset; `catalog` stands for the databases of its domain, if `stack` has them.

        `features` are those that are on: one of them may bring the records.
        """
        super().__init__(scope, construct_id)
        self._stack = stack
        self._dataset = dataset
        self._foundation = foundation
        self._governance = governance
        self._catalog = catalog
        self._policy = policy
        self._features = features
        self._tables: list[cdk.CfnResource] = []
        if dataset.ingestion:
            table = self._bronze()
            self._iceberg(Layer.QUARANTINE)
            own = dataset.ingestion.mode is Mode.STREAM and dataset.ingestion.stream is None
            stream = self._stream(ingestion, table).stream if own else None
            self._brought(dataset.ingestion.source, stream)
        if is_replica(dataset):
            self._table("Deleted", iceberg.deleted_table(dataset, stack.naming))
        main = self._iceberg(dataset.layer)
        self._govern(main)
        self._ruleset(main)
        if stack.settings.tables.maintenance == "managed":
            TableOptimizers(self, "Optimizers", stack=stack, domain=dataset.domain, table=main)
        self._queries()

    def _stream(self, ingestion: IngestionResources, table: ExternalTable) -> SourceStream:
        return SourceStream(
            self,
            "Source",
            stack=self._stack,
            dataset=self._dataset,
            foundation=self._foundation,
            transform=ingestion.stream_transform,
            table=table,
        )

    def _bronze(self) -> ExternalTable:
        dataset, naming = self._dataset, self._stack.naming
        table = ExternalTable(
            self,
            "Bronze",
            catalog_id=self._stack.account,
            database=naming.database(Layer.BRONZE, dataset.domain),
            name=dataset.name,
            description=dataset.description,
            owner=dataset.owner,
            table=bronze_table(dataset, naming),
        )
        if self._catalog is not None:
            table.resource.add_resource_dependency(self._catalog)
        self._tables.append(table.resource)
        return table

    def _brought(self, source: Source | None, stream: kinesis.IStream | None) -> None:
        if source is not None and source.feature in self._features:
            self._features[source.feature].bring(
                self,
                stack=self._stack,
                dataset=self._dataset,
                stream=stream,
                foundation=self._foundation,
            )

    def _iceberg(self, layer: Layer) -> IcebergTable:
        return self._table(layer.title(), iceberg.table(self._dataset, layer, self._stack.naming))

    def _table(self, construct_id: str, definition: Mapping[str, str]) -> IcebergTable:
        table = IcebergTable(
            self,
            construct_id,
            tables_function_arn=self._governance.iceberg_tables.function_arn,
            definition=definition,
            database=self._catalog,
        )
        self._tables.append(table.resource)
        return table

    def _govern(self, main: IcebergTable) -> None:
        """Give the tables to Lake Formation, when who works on them and who reads them has the grants."""
        dataset, stack = self._dataset, self._stack
        if dataset.is_narrowed:
            TableFilters(
                self, "Filters", stack=stack, dataset=dataset, policy=self._policy, table=main.resource
            )
        governed = GovernedTables(
            self,
            "Governed",
            stack=stack,
            governance=self._governance,
            governed=governed_tables(dataset, stack.naming),
            after=[*self._tables, *Grants.of(stack).made],
        )
        for feature in self._features.values():
            feature.publish(
                self, stack=stack, dataset=dataset, policy=self._policy, governed=governed.resource
            )

    def _ruleset(self, table: IcebergTable) -> None:
        """The contract's rules as Glue Data Quality reads them, for whoever measures the table with it."""
        dataset, naming = self._dataset, self._stack.naming
        ruleset = glue.CfnDataQualityRuleset(
            self,
            "Ruleset",
            name=naming.resource(dataset.domain, dataset.name),
            description=f"Quality rules of {dataset.id}, from its contract",
            ruleset=dqdl.ruleset(dataset),
            target_table=glue.CfnDataQualityRuleset.DataQualityTargetTableProperty(
                database_name=naming.database(dataset.layer, dataset.domain), table_name=dataset.name
            ),
        )
        # Glue looks for the table while it creates the ruleset.
        ruleset.add_resource_dependency(table.resource)

    def _queries(self) -> None:
        dataset = self._dataset
        if dataset.layer is Layer.GOLD:
            first = f"SELECT * FROM {dataset.name} LIMIT 100"  # noqa: S608 - the name is a checked identifier
            self._query("FirstRows", Layer.GOLD, "first rows", first)
        if bronze_csv.is_read(dataset):
            self._query("ByHeader", Layer.BRONZE, "bronze by header", bronze_csv.by_header(dataset))

    def _query(self, construct_id: str, layer: Layer, title: str, sql: str) -> None:
        """Save a query in the work group of the first persona who may read its layer, if there is one."""
        dataset, naming = self._dataset, self._stack.naming
        personas = self._stack.settings.people.personas
        persona = next((name for name in self._policy.readers(layer) if name in personas), None)
        if persona is None:
            return
        athena.CfnNamedQuery(
            self,
            construct_id,
            database=naming.database(layer, dataset.domain),
            name=f"{dataset.id}: {title}",
            description=dataset.description,
            query_string=sql,
            work_group=naming.resource(persona),
        )
