"""The catalog of a domain: a Glue database for each layer, and the tables of quality results in them."""

from collections.abc import Iterable, Mapping

import aws_cdk as cdk
from aws_cdk import aws_glue as glue
from aws_cdk import aws_lakeformation as lakeformation
from constructs import Construct

from lakehouse.model.dataset import Layer
from lakehouse.targets import erasures, iceberg, run_events
from lakehouse.targets.lf_tags import (
    ALL_ROWS,
    CLASSIFICATION,
    MEMBER,
    RESULTS_CLASSIFICATION,
    ROWS,
    database_tags,
    domain_key,
    key,
)
from stacks.components.access.governed_tables import Governed, GovernedTables
from stacks.components.tables.external_table import ExternalTable
from stacks.components.tables.iceberg_table import IcebergTable
from stacks.lake_stack import KEEP, LakeStack
from stacks.resources import GovernanceResources


class DomainCatalog(Construct):
    """What the tables of a domain's datasets are put into."""

    def __init__(
        self, scope: LakeStack, construct_id: str, *, domain: str, governance: GovernanceResources
    ) -> None:
        """Build a database for every layer, with the tags by which roles are granted what is in it."""
        super().__init__(scope, construct_id)
        self._stack = scope
        self._domain = domain
        self._governance = governance
        self._erasures = False
        databases = {layer: self._database(layer) for layer in Layer}
        self.tagged = self._tagged(databases)
        """The databases with their tags: what makes tables in them needs these."""

    def _database(self, layer: Layer) -> glue.CfnDatabase:
        name = self._stack.naming.database(layer, self._domain)
        database = glue.CfnDatabase(
            self,
            layer.title(),
            catalog_id=self._stack.account,
            database_name=name,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=name,
                description=f"{layer.title()} tables of the {self._domain} domain",
                location_uri=f"s3://{self._stack.naming.bucket(layer)}/{self._domain}/",
            ),
        )
        # Glue deletes a database with its tables, and Iceberg tables cannot be found without theirs.
        database.apply_removal_policy(KEEP)
        return database

    def _tagged(self, databases: Mapping[Layer, glue.CfnDatabase]) -> cdk.CfnResource:
        naming = self._stack.naming
        tag = lakeformation.CfnTag(self, "Tag", tag_key=domain_key(naming, self._domain), tag_values=[MEMBER])
        return GovernedTables(
            self,
            "Tagged",
            stack=self._stack,
            governance=self._governance,
            governed=self._governed_databases(),
            after=[tag, *databases.values()],
            closed=False,
        ).resource

    def results(self, measured: Iterable[Layer]) -> list[cdk.CfnResource]:
        """Build a table of quality results in each `measured` layer."""
        return [
            IcebergTable(
                self,
                f"{layer.title()}Results",
                tables_function_arn=self._governance.iceberg_tables.function_arn,
                definition=iceberg.results_table(self._domain, layer, self._stack.naming),
                database=self.tagged,
            ).resource
            for layer in measured
        ]

    def runs(self, recorded: Iterable[Layer]) -> list[cdk.CfnResource]:
        """Build a table of runs in each layer whose runs are `recorded`."""
        tables = [self._run_events(layer) for layer in recorded]
        for table in tables:
            table.add_resource_dependency(self.tagged)
        return tables

    def _run_events(self, layer: Layer) -> cdk.CfnResource:
        naming = self._stack.naming
        return ExternalTable(
            self,
            f"{layer.title()}Runs",
            catalog_id=self._stack.account,
            database=naming.database(layer, self._domain),
            name=run_events.RUN_EVENTS,
            description=f"Runs that make {layer} of {self._domain}: a row for the start and the end of each.",
            owner=self._domain,
            table=run_events.run_events_table(self._domain, layer, naming),
        ).resource

    def erasures(self) -> cdk.CfnResource:
        """Build the table of erasures."""
        table = ExternalTable(
            self,
            "Erasures",
            catalog_id=self._stack.account,
            database=self._stack.naming.database(Layer.BRONZE, self._domain),
            name=erasures.ERASURES,
            description=f"What was erased of {self._domain}: a row for the start and the end of each.",
            owner=self._domain,
            table=erasures.erasures_table(self._domain, self._stack.naming),
        ).resource
        table.add_resource_dependency(self.tagged)
        self._erasures = True
        return table

    def close(self, measured: Iterable[Layer], after: Iterable[cdk.CfnResource]) -> None:
        """End what IAM alone would open of the databases, once the pipelines have their grants."""
        naming = self._stack.naming
        tags = {key(naming, CLASSIFICATION): RESULTS_CLASSIFICATION, key(naming, ROWS): ALL_ROWS}
        results = [
            Governed(naming.database(layer, self._domain), table, tags)
            for layer in measured
            for table in (iceberg.RESULTS_TABLE, run_events.RUN_EVENTS)
        ]
        if self._erasures:
            bronze = naming.database(Layer.BRONZE, self._domain)
            results.append(Governed(bronze, erasures.ERASURES, tags))
        GovernedTables(
            self,
            "Closed",
            stack=self._stack,
            governance=self._governance,
            governed=[*self._governed_databases(), *results],
            after=after,
        )

    def _governed_databases(self) -> list[Governed]:
        naming = self._stack.naming
        return [
            Governed(naming.database(layer, self._domain), tags=database_tags(layer, self._domain, naming))
            for layer in Layer
        ]
