"""Iceberg tables in the session's catalog, as deployment creates them, and what lies on disk of them."""

import json
from collections.abc import Mapping

from pyspark.sql import SparkSession


def create_table(spark: SparkSession, definition: Mapping[str, str]) -> None:
    """Create a table from the properties of its `Custom::IcebergTable`, in place of one that exists."""
    jvm, name = spark._jvm, f"{definition['Database']}.{definition['Table']}"
    iceberg = jvm.org.apache.iceberg
    schema = iceberg.SchemaParser.fromJson(definition["Schema"])
    spec = iceberg.PartitionSpecParser.fromJson(schema, definition["PartitionSpec"])
    catalog = spark._jsparkSession.sessionState().catalogManager().catalog("glue_catalog").icebergCatalog()
    identifier = iceberg.catalog.TableIdentifier.parse(name)
    catalog.dropTable(identifier, True)
    catalog.createTable(identifier, schema, spec, json.loads(definition["Properties"]))
    spark.sql(f"REFRESH TABLE glue_catalog.{name}")
