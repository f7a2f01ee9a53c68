"""A Glue table over objects that others write."""

from collections.abc import Iterable

from aws_cdk import aws_glue as glue
from constructs import Construct

from lakehouse.targets.glue import Column
from lakehouse.targets.glue import ExternalTable as Definition


class ExternalTable(Construct):
    """Lets Athena query objects; partitions are projected, so nothing crawls or registers them."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        catalog_id: str,
        database: str,
        name: str,
        description: str,
        owner: str,
        table: Definition,
    ) -> None:
        """Build the table in a database."""
        super().__init__(scope, construct_id)
        self.resource = glue.CfnTable(
            self,
            "Resource",
            catalog_id=catalog_id,
            database_name=database,
            table_input=glue.CfnTable.TableInputProperty(
                name=name,
                description=description,
                owner=owner,
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


def _columns(columns: Iterable[Column]) -> list[glue.CfnTable.ColumnProperty]:
    return [
        glue.CfnTable.ColumnProperty(name=column.name, type=column.type, comment=column.comment)
        for column in columns
    ]
