"""The tables of the tests, and how they are closed to whoever IAM allows."""

from typing import Any

ACCOUNT = "000000000000"
COLUMNS = [
    {"Name": "id", "Type": "bigint"},
    {"Name": "region", "Type": "string"},
    {"Name": "amount", "Type": "int"},
    {"Name": "email", "Type": "string"},
    {"Name": "day", "Type": "date"},
]


def close(lakeformation: Any, resource: dict[str, Any]) -> None:
    """Take Super from whoever IAM allows."""
    lakeformation.revoke_permissions(
        Principal={"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"},
        Resource=resource,
        Permissions=["ALL"],
    )


def table(name: str, location: str = "", keys: tuple[str, ...] = ()) -> dict[str, Any]:
    """Glue's input for a table of JSON lines."""
    storage = {
        "Columns": [each for each in COLUMNS if each["Name"] not in keys],
        "Location": location or f"s3://lf-nowhere/{name}/",
        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "SerdeInfo": {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe"},
    }
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"classification": "json"},
        "StorageDescriptor": storage,
        "PartitionKeys": [each for each in COLUMNS if each["Name"] in keys],
    }
