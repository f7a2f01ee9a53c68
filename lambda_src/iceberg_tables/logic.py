"""What must change in a table, if anything, and the Glue requests that do it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors import TerminalError

from iceberg_tables import partitions, schema
from iceberg_tables.request import FORMAT_VERSION, Json, Wanted

_METADATA = re.compile(r".*/(\d+)-[^/]*\.metadata\.json")
"""What Iceberg's writers call a table's metadata, packed or not: the version, then what makes it unique."""


@dataclass(frozen=True)
class Change:
    """The state that a table should have; whole, because Glue takes no difference."""

    schema: Json
    partition_spec: Json | None
    """None if the table is not partitioned and stays so."""
    properties: Mapping[str, str]


def plan(metadata: Mapping[str, Any], wanted: Wanted) -> Change | None:
    """Compare a table's metadata with what is wanted; None if the table has it all.

    Properties that are no longer wanted stay: engines keep some of their own there.

    Raises:
        TerminalError: The table cannot become what is wanted; the message says why and what to do.
    """
    _check_identity(metadata, wanted)
    current = schema.current_schema(metadata)
    merged = schema.merge(metadata, wanted.schema)
    spec = partitions.evolve(metadata, merged.fields, wanted.schema, wanted.partition_spec)
    same_schema = merged.fields == current["fields"] and set(merged.identifiers) == set(
        current.get("identifier-field-ids", ())
    )
    properties = {**metadata.get("properties", {}), **wanted.properties}
    same_spec = spec == partitions.current_spec(metadata)
    if same_schema and same_spec and properties == metadata.get("properties", {}):
        return None
    newest = max(one["schema-id"] for one in metadata["schemas"])
    return Change(
        {
            "schema-id": current["schema-id"] if same_schema else newest + 1,
            "identifier-field-ids": merged.identifiers,
            "fields": merged.fields,
        },
        None if same_spec and not spec["fields"] else spec,
        properties,
    )


def restate(metadata: Mapping[str, Any]) -> Change:
    """Return the change that leaves a table as it is."""
    current, spec = schema.current_schema(metadata), partitions.current_spec(metadata)
    stated = {
        "schema-id": current["schema-id"],
        "identifier-field-ids": current.get("identifier-field-ids", []),
        "fields": current["fields"],
    }
    return Change(stated, spec if spec["fields"] else None, metadata.get("properties", {}))


def newest_metadata(keys: Iterable[str]) -> str | None:
    """Return the key of a table's newest metadata, None if there is none.

    A version that was written and never committed counts as well, if it is the newest: it is whole, and the
    state of a run travels with it.

    Raises:
        TerminalError: Two writers have written the newest version, and only one can have committed it.
    """
    versions = {key: int(match[1]) for key in keys if (match := _METADATA.fullmatch(key))}
    newest = sorted(key for key, version in versions.items() if version == max(versions.values()))
    if len(newest) > 1:
        raise TerminalError(
            f"got {', '.join(newest)}; allowed: one newest metadata of a table that the catalog has lost; "
            "fix: move away the one that was not committed, such as the one that no other table version, log "
            "or backup of the catalog names, then again"
        )
    return newest[0] if newest else None


def _check_identity(metadata: Mapping[str, Any], wanted: Wanted) -> None:
    name = f"table {wanted.physical_id}"
    if metadata["location"].rstrip("/") != wanted.location:
        raise TerminalError(
            f"{name}: got location {wanted.location}; allowed: {metadata['location']}, where its data lies; "
            "fix: restore the location, or give the table a new name"
        )
    if str(metadata[FORMAT_VERSION]) != wanted.format_version:
        raise TerminalError(
            f"{name}: got {FORMAT_VERSION} {wanted.format_version}; allowed: {metadata[FORMAT_VERSION]}, "
            "as the table has; fix: restore it, or first upgrade the table with ALTER TABLE SET TBLPROPERTIES"
        )


def create_request(wanted: Wanted) -> Json:
    """Arguments of Glue's CreateTable.

    `TableInput` stays out: Glue refuses table metadata in two places of one request.
    """
    table = {
        "Location": wanted.location,
        "Schema": _glue_schema({"schema-id": 0, **wanted.schema}),
        "Properties": dict(wanted.properties),
        **_glue_spec(wanted.partition_spec if wanted.partition_spec["fields"] else None),
    }
    iceberg = {
        "MetadataOperation": "CREATE",
        "Version": wanted.format_version,
        "CreateIcebergTableInput": table,
    }
    return {
        "DatabaseName": wanted.database,
        "Name": wanted.table,
        "OpenTableFormatInput": {"IcebergInput": iceberg},
    }


def adopt_request(wanted: Wanted, metadata_location: str) -> Json:
    """Arguments of Glue's CreateTable for a table whose metadata is there."""
    return {
        "DatabaseName": wanted.database,
        "TableInput": {
            "Name": wanted.table,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"table_type": "ICEBERG", "metadata_location": metadata_location},
            "StorageDescriptor": {"Location": wanted.location, "Columns": []},
        },
    }


def update_request(wanted: Wanted, version_id: str, change: Change) -> Json:
    """Arguments of Glue's UpdateTable.

    One update without an action states the table as a whole; Glue requires schema and location in any case.
    """
    update = {
        "Location": wanted.location,
        "Schema": _glue_schema(change.schema),
        "Properties": dict(change.properties),
        **_glue_spec(change.partition_spec),
    }
    return {
        "DatabaseName": wanted.database,
        "Name": wanted.table,
        "VersionId": version_id,
        "UpdateOpenTableFormatInput": {
            "UpdateIcebergInput": {"UpdateIcebergTableInput": {"Updates": [update]}},
        },
    }


def _glue_schema(one: Json) -> Json:
    return {
        "SchemaId": one["schema-id"],
        "Type": "struct",
        "IdentifierFieldIds": list(one.get("identifier-field-ids", ())),
        "Fields": [_glue_field(field) for field in one["fields"]],
    }


def _glue_field(field: Json) -> Json:
    glue = {"Id": field["id"], "Name": field["name"], "Type": field["type"], "Required": field["required"]}
    return {**glue, "Doc": field["doc"]} if field.get("doc") else glue


def _glue_spec(spec: Json | None) -> Json:
    if spec is None:
        return {}
    fields = [
        {
            "SourceId": field["source-id"],
            "FieldId": field["field-id"],
            "Transform": field["transform"],
            "Name": field["name"],
        }
        for field in spec["fields"]
    ]
    return {"PartitionSpec": {"SpecId": spec.get("spec-id", 0), "Fields": fields}}
