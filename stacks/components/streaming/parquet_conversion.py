"""How Firehose makes Parquet of JSON: by the columns of a Glue table.

https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion.html
"""

from collections.abc import Mapping
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose

from lakehouse.model.dataset import Layer
from lakehouse.targets.lf_tags import LAYER, MEMBER, domain_key, key
from stacks.components.access.grants import READ, Grants
from stacks.components.access.statements import allow
from stacks.lake_stack import LakeStack

_Destination = firehose.CfnDeliveryStream


@dataclass(frozen=True)
class ParquetConversion:
    """Conversion by the bronze table of one dataset."""

    domain: str
    table: str
    resource: cdk.CfnResource
    """The table, which must exist before."""
    names: Mapping[str, str]
    """What records call the columns of the table."""

    def let_read(self, role: iam.Role, stack: LakeStack) -> None:
        """Let Firehose's role read the table's columns; IAM names it, and Lake Formation its layer.

        https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-glue
        """
        arns, naming = stack.arns, stack.naming
        tags = {domain_key(naming, self.domain): [MEMBER], key(naming, LAYER): [Layer.BRONZE.value]}
        title = f"{self.domain.title()}{self.table.title()}Conversion"
        Grants.of(stack).by_tags(title, role.role_arn, "TABLE", tags, READ)
        allow(
            role,
            ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"],
            [
                arns.catalog(),
                arns.database(Layer.BRONZE, self.domain),
                arns.table(Layer.BRONZE, self.domain, self.table),
            ],
            not_asked="AWS's page demands the versions; the laptop's Firehose reads the table as it is",
        )

    def configuration(
        self, role_arn: str, stack: LakeStack
    ) -> firehose.CfnDeliveryStream.DataFormatConversionConfigurationProperty:
        """Return the part of the destination that converts; columns are read anew when they change."""
        return _Destination.DataFormatConversionConfigurationProperty(
            enabled=True,
            input_format_configuration=_Destination.InputFormatConfigurationProperty(
                deserializer=_Destination.DeserializerProperty(
                    open_x_json_ser_de=_Destination.OpenXJsonSerDeProperty(
                        case_insensitive=False,
                        column_to_json_key_mappings={
                            column: name for column, name in self.names.items() if column != name
                        }
                        or None,
                    )
                )
            ),
            output_format_configuration=_Destination.OutputFormatConfigurationProperty(
                serializer=_Destination.SerializerProperty(
                    parquet_ser_de=_Destination.ParquetSerDeProperty(compression="SNAPPY")
                )
            ),
            schema_configuration=_Destination.SchemaConfigurationProperty(
                catalog_id=stack.account,
                region=stack.region,
                database_name=stack.naming.database(Layer.BRONZE, self.domain),
                table_name=self.table,
                role_arn=role_arn,
                version_id="LATEST",
            ),
        )
