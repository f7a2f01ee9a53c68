"""Glue creates and changes Iceberg tables itself, through `OpenTableFormatInput`.

ministack 1.5.33 ignores `OpenTableFormatInput` and `UpdateOpenTableFormatInput`: it stores a table without
metadata, or none. Here both write real Iceberg metadata to S3, under the permissions of who called, and keep
the table's Glue columns and parameters as AWS does. What Iceberg refuses is an InvalidInputException.

Proven by `tests/local/patches/glue/test_iceberg_tables.py`. Not emulated: `TableInput` together with Iceberg
input, encryption keys.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError
from ministack.core.responses import error_response_json
from ministack.core.router import extract_access_key_id
from ministack.services import glue
from pyiceberg.catalog.glue import _to_columns
from pyiceberg.exceptions import ResolveError, ValidationError
from pyiceberg.table.metadata import TableMetadata, TableMetadataUtil

from local.patches.glue import iceberg_metadata
from local.patches.iam import roles

_emulator_handle = glue._handle_request_sync
_emulator_create = glue._create_table
_emulator_update = glue._update_table


def apply() -> None:
    """Take over requests that carry Iceberg input."""
    glue._handle_request_sync = _handle
    glue._create_table = _create_table
    glue._update_table = _update_table


def _handle(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Any:
    roles.remember_caller(extract_access_key_id(headers, query))
    return _emulator_handle(method, path, headers, body, query)


def _create_table(data: dict[str, Any]) -> Any:
    iceberg = data.get("OpenTableFormatInput", {}).get("IcebergInput")
    if iceberg is None:
        return _emulator_create(data)
    return _answer(lambda: _create_iceberg(data, iceberg))


def _update_table(data: dict[str, Any]) -> Any:
    iceberg = data.get("UpdateOpenTableFormatInput", {}).get("UpdateIcebergInput")
    if iceberg is None:
        return _emulator_update(data)
    return _answer(lambda: _update_iceberg(data, iceberg["UpdateIcebergTableInput"]["Updates"]))


def _answer(operation: Callable[[], Any]) -> Any:
    try:
        return operation()
    except (ValueError, KeyError, ValidationError, ResolveError) as error:
        return error_response_json("InvalidInputException", f"Invalid Iceberg input: {error}", 400)
    except ClientError as error:
        denied = error.response["Error"]["Code"] in ("AccessDenied", "403")
        return error_response_json(
            "AccessDeniedException" if denied else "InvalidInputException", str(error), 400
        )


def _create_iceberg(data: dict[str, Any], iceberg: Mapping[str, Any]) -> Any:
    table = iceberg.get("CreateIcebergTableInput") or iceberg.get("IcebergTableInput")  # API, CloudFormation
    name = data.get("Name") or data.get("TableInput", {}).get("Name")
    if not table or data.get("TableInput", {}).get("StorageDescriptor"):
        raise ValueError(
            "the emulator takes the schema in CreateIcebergTableInput, without TableInput columns"
        )
    if f"{data['DatabaseName']}/{name}" in glue._tables or data["DatabaseName"] not in glue._databases:
        return _emulator_create({**data, "TableInput": {"Name": name}})  # for its error
    metadata = iceberg_metadata.create(table, iceberg.get("Version", "2"))
    location = _write(metadata, 0)
    parameters = {"table_type": "ICEBERG", "metadata_location": location}
    return _emulator_create({**data, "TableInput": _table_input(name, metadata, parameters)})


def _update_iceberg(data: dict[str, Any], updates: list[dict[str, Any]]) -> Any:
    name = data.get("Name") or data.get("TableInput", {}).get("Name")
    table = glue._tables.get(f"{data['DatabaseName']}/{name}")
    if table is None:
        return error_response_json("EntityNotFoundException", f"Table {name} not found", 400)
    parameters = table.get("Parameters", {})
    if parameters.get("table_type", "").upper() != "ICEBERG":
        raise ValueError(f"table {name} is not an Iceberg table")
    before = parameters["metadata_location"]
    metadata = iceberg_metadata.update(_read(before), updates, before)
    location = _write(metadata, int(before.rsplit("/", 1)[-1].split("-")[0]) + 1)
    changed = {**parameters, "metadata_location": location, "previous_metadata_location": before}
    version = data.get("VersionId", table["VersionId"])
    return _emulator_update(
        {**data, "VersionId": version, "TableInput": _table_input(name, metadata, changed)}
    )


def _table_input(name: str, metadata: TableMetadata, parameters: dict[str, str]) -> dict[str, Any]:
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": parameters,
        "StorageDescriptor": {"Columns": _to_columns(metadata), "Location": metadata.location},
    }


def _read(location: str) -> TableMetadata:
    place = urlsplit(location)
    body = (
        roles.client("s3", roles.caller()).get_object(Bucket=place.netloc, Key=place.path[1:])["Body"].read()
    )
    return TableMetadataUtil.parse_raw(body.decode())


def _write(metadata: TableMetadata, version: int) -> str:
    location = f"{metadata.location}/metadata/{version:05d}-{uuid.uuid4()}.metadata.json"
    place = urlsplit(location)
    s3 = roles.client("s3", roles.caller())
    s3.put_object(
        Bucket=place.netloc,
        Key=place.path[1:],
        Body=metadata.model_dump_json(),
        ContentType="application/json",
    )
    return location
