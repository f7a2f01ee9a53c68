"""The catalog of a domain: a Glue database for each layer, and the tables of quality results in them."""

from collections.abc import Iterable

from aws_cdk import aws_glue as glue
from constructs import Construct

from lakehouse.model.dataset import Layer
from lakehouse.targets import iceberg
from stacks.components.tables.iceberg_table import IcebergTable
from stacks.lake_stack import KEEP, LakeStack


class DomainCatalog(Construct):
    """What the tables of a domain's datasets are put into."""

    def __init__(
        self,
        scope: LakeStack,
        construct_id: str,
        *,
        domain: str,
        measured: Iterable[Layer],
        tables_function_arn: str,
    ) -> None:
        """Build a database for every layer, and a table of results in each `measured` one."""
        super().__init__(scope, construct_id)
        self._stack = scope
        self.databases = {layer: self._database(layer, domain) for layer in Layer}
        for layer in measured:
            IcebergTable(
                self,
                f"{layer.title()}Results",
                tables_function_arn=tables_function_arn,
                definition=iceberg.results_table(domain, layer, scope.naming),
                database=self.databases[layer],
            )

    def _database(self, layer: Layer, domain: str) -> glue.CfnDatabase:
        name = self._stack.naming.database(layer, domain)
        database = glue.CfnDatabase(
            self,
            layer.title(),
            catalog_id=self._stack.account,
            database_name=name,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=name,
                description=f"{layer.title()} tables of the {domain} domain",
                location_uri=f"s3://{self._stack.naming.bucket(layer)}/{domain}/",
            ),
        )
        # Glue deletes a database with its tables, and Iceberg tables cannot be found without theirs.
        database.apply_removal_policy(KEEP)
        return database
