"""Serializers of Hive for the formats that are written here."""

from typing import Any

from local.patches.athena.errors import QueryError
from local.patches.athena.hive import output

_TEXT = "org.apache.hadoop.mapred.TextInputFormat"
_TEXT_OUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
_PARQUET = "org.apache.hadoop.hive.ql.io.parquet"
_STORED = {
    "PARQUET": (
        f"{_PARQUET}.MapredParquetInputFormat",
        f"{_PARQUET}.MapredParquetOutputFormat",
        f"{_PARQUET}.serde.ParquetHiveSerDe",
    ),
    "JSON": (_TEXT, _TEXT_OUT, "org.apache.hive.hcatalog.data.JsonSerDe"),
    "TEXTFILE": (_TEXT, _TEXT_OUT, "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"),
}


def storage(kind: output.Format) -> dict[str, Any]:
    """What a Glue table's storage descriptor says of a format."""
    reads, writes, library = _STORED[kind.name]
    parameters = {"field.delim": kind.delimiter} if kind.name == "TEXTFILE" else {"serialization.format": "1"}
    return {
        "InputFormat": reads,
        "OutputFormat": writes,
        "SerdeInfo": {"SerializationLibrary": library, "Parameters": parameters},
    }


def format_of(table: dict[str, Any]) -> output.Format:
    """The format in which rows are added to a table.

    Raises:
        QueryError: Rows cannot be added in its format.
    """
    serde = table["StorageDescriptor"].get("SerdeInfo", {})
    library = serde.get("SerializationLibrary", "")
    if library.endswith("ParquetHiveSerDe"):
        return output.format_of("PARQUET")
    if library.endswith("JsonSerDe"):
        return output.format_of("JSON")
    if library.endswith("LazySimpleSerDe"):
        return output.format_of("TEXTFILE", "", serde.get("Parameters", {}).get("field.delim", ""))
    raise QueryError(
        f"NOT_SUPPORTED: INSERT INTO a table of {library}; this engine adds Parquet, JSON and delimited text"
    )
