"""Files of Hive-style tables."""

import io
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet


def read_files(s3: Any, table: dict[str, Any]) -> pa.Table:
    """Read a Glue table's files."""
    place = urlsplit(table["StorageDescriptor"]["Location"])
    prefix = place.path.strip("/") + "/"
    parts = []
    serde = table["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"].lower()
    for entry in s3.list_objects_v2(Bucket=place.netloc, Prefix=prefix).get("Contents", []):
        body = io.BytesIO(s3.get_object(Bucket=place.netloc, Key=entry["Key"])["Body"].read())
        reader = (
            pyarrow.parquet.read_table
            if "parquet" in serde
            else pyarrow.json.read_json
            if "json" in serde
            else pyarrow.csv.read_csv
        )
        parts.append(reader(body))
    if not parts:
        return pa.table({c["Name"]: pa.array([], pa.string()) for c in table["StorageDescriptor"]["Columns"]})
    return pa.concat_tables(parts, promote_options="default")
