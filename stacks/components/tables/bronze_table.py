"""The Glue table over a dataset's bronze objects."""

from collections.abc import Iterable

import aws_cdk as cdk
from aws_cdk import aws_glue as glue
from constructs import Construct

from config.naming import Naming
from lakehouse.model.dataset import Dataset, Layer
from lakehouse.targets.glue import Column, bronze_table


class BronzeTable(Construct):
    """Lets Athena query what arrived; partitions are projected, so nothing crawls or registers them."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        catalog_id: str,
        dataset: Dataset,
        naming: Naming,
        database: cdk.CfnResource | None,
    ) -> None:
        """Build the table of a source dataset; `database` is its own, if it belongs to the same stack."""
        super().__init__(scope, construct_id)
        table = bronze_table(dataset, naming)
        self.resource = glue.CfnTable(
            self,
            "Resource",
            catalog_id=catalog_id,
            database_name=naming.database(Layer.BRONZE, dataset.domain),
            table_input=glue.CfnTable.TableInputProperty(
                name=dataset.name,
                description=dataset.description,
                owner=dataset.owner,
                table_type="EXTERNAL_TABLE",
                parameters=table.parameters,
                partition_keys=_columns(table.partition_keys),
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    location=table.location,
                    columns=_columns(table.columns),
                    input_format=table.input_format,
                    output_format=table.output_format,
                    serde_info=glue.CfnTable.SerdeInfoProperty(
                        serialization_library=table.serde, parameters=table.serde_parameters
                    ),
                ),
            ),
        )
        if database is not None:
            self.resource.add_resource_dependency(database)


def _columns(columns: Iterable[Column]) -> list[glue.CfnTable.ColumnProperty]:
    return [
        glue.CfnTable.ColumnProperty(name=column.name, type=column.type, comment=column.comment)
        for column in columns
    ]
