"""What must change in a table, if anything, and the Glue requests that do it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors import TerminalError

from iceberg_tables import partitions, schema
from iceberg_tables.request import FORMAT_VERSION, Json, Wanted


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
