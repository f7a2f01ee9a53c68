"""Tables of the Glue Data Catalog, in the account and region that the credentials point at."""

from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from tools.lake.importing.described import Described, Json, refusal

_FORMATS = ("parquet", "json", "csv")


def read_glue(source: str) -> list[Described]:
    """Return the table that `glue:DATABASE.TABLE` names.

    Raises:
        InvalidInputError: There is none, or the credentials may not see it.
    """
    database, point, name = source.partition(":")[2].partition(".")
    if not (database and point and name):
        raise refusal(source, "name", source, "glue:DATABASE.TABLE", "name database and table")
    try:
        found: Any = boto3.client("glue").get_table(DatabaseName=database, Name=name)["Table"]
    except (BotoCoreError, ClientError) as error:
        fix = "check the name, the region and the credentials: glue:GetTable is needed"
        raise refusal(source, "table", str(error), "a table of the catalog", fix) from error
    storage, parameters = found.get("StorageDescriptor", {}), found.get("Parameters", {})
    partitions = found.get("PartitionKeys", [])
    table: Json = {
        "name": name,
        "properties": [_column(each) for each in [*storage.get("Columns", []), *partitions]],
    }
    if found.get("Description"):
        table["description"] = found["Description"]
    checks = []
    if partitions:
        names = ", ".join(each["Name"] for each in partitions)
        checks.append(f"partitions ({names}) stand in paths; jobs read columns out of records alone")
    format_ = _format(storage, parameters)
    server = {"server": "catalog", "type": "s3", "location": storage.get("Location", ""), "format": format_}
    head: Json = {"servers": [server]} if format_ else {}
    return [Described(source, head, table, "hive", tuple(checks))]


def _column(column: Json) -> Json:
    part: Json = {"name": column["Name"], "physicalType": column.get("Type", "string")}
    return {**part, "description": column["Comment"]} if column.get("Comment") else part


def _format(storage: Json, parameters: Json) -> str | None:
    """Return the format of the files, as far as one that jobs read can be told."""
    if "iceberg" in str(parameters.get("table_type", "")).lower():
        return "parquet"
    library = storage.get("SerdeInfo", {}).get("SerializationLibrary", "")
    told = f"{parameters.get('classification', '')} {library}".lower()
    return next((name for name in _FORMATS if name in told), None)
