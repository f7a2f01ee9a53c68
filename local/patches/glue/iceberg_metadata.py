"""Iceberg table metadata from the structures of Glue's API, with the library's own rules.

Glue's shapes: https://docs.aws.amazon.com/glue/latest/webapi/API_CreateIcebergTableInput.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pyiceberg.partitioning import UNPARTITIONED_PARTITION_SPEC, PartitionSpec
from pyiceberg.schema import Schema, index_by_id, promote
from pyiceberg.table.metadata import TableMetadata, new_table_metadata
from pyiceberg.table.sorting import UNSORTED_SORT_ORDER, SortOrder
from pyiceberg.table.update import (
    AddPartitionSpecUpdate,
    AddSchemaUpdate,
    AddSortOrderUpdate,
    RemovePropertiesUpdate,
    SetCurrentSchemaUpdate,
    SetDefaultSortOrderUpdate,
    SetDefaultSpecUpdate,
    SetLocationUpdate,
    SetPropertiesUpdate,
    TableUpdate,
    update_table_metadata,
)
from pyiceberg.types import NestedField, PrimitiveType

Json = Mapping[str, Any]


def create(table: Json, version: str) -> TableMetadata:
    """Metadata of a new table from `CreateIcebergTableInput`; field ids are assigned afresh, as Iceberg does.

    Raises:
        ValueError: Iceberg refuses the table.
    """
    schema = _schema(table["Schema"])
    spec, order = table.get("PartitionSpec"), table.get("WriteOrder")
    return new_table_metadata(
        schema,
        _spec(spec) if spec else UNPARTITIONED_PARTITION_SPEC,
        _order(order) if order else UNSORTED_SORT_ORDER,
        table["Location"].rstrip("/"),
        {**table.get("Properties", {}), "format-version": version},
    )


def update(metadata: TableMetadata, changes: Sequence[Json], location: str) -> TableMetadata:
    """Metadata after the changes of `UpdateIcebergTableInput`, each checked against the one before.

    Args:
        metadata: The current metadata.
        changes: Glue's `Updates`.
        location: Where the current metadata lies, for the metadata log.

    Raises:
        ValueError: Iceberg refuses a change.
    """
    for change in changes:
        metadata = update_table_metadata(
            metadata, tuple(_updates(metadata, change)), enforce_validation=True, metadata_location=location
        )
    return metadata


def _updates(metadata: TableMetadata, change: Json) -> Iterator[TableUpdate]:
    """Library updates for one Glue update; without an action it states the table as a whole."""
    action = change.get("Action")
    if action in (None, "add-schema", "set-current-schema"):
        yield from _schema_updates(metadata, _schema(change["Schema"]), current=action != "add-schema")
    if action in (None, "add-spec", "set-default-spec") and change.get("PartitionSpec"):
        yield from _spec_updates(metadata, _spec(change["PartitionSpec"]), default=action != "add-spec")
    if action in (None, "add-sort-order", "set-default-sort-order") and change.get("SortOrder"):
        yield from _order_updates(metadata, _order(change["SortOrder"]), default=action != "add-sort-order")
    if action in (None, "set-location") and change["Location"].rstrip("/") != metadata.location:
        yield SetLocationUpdate(location=change["Location"].rstrip("/"))
    if action in (None, "set-properties") and change.get("Properties"):
        yield SetPropertiesUpdate(updates=dict(change["Properties"]))
    if action == "remove-properties":
        yield RemovePropertiesUpdate(
            removals=[key for key in change["Properties"] if key in metadata.properties]
        )
    if action in ("add-encryption-key", "remove-encryption-key"):
        raise ValueError(f"{action} is not emulated")


def _schema_updates(metadata: TableMetadata, wanted: Schema, current: bool) -> Iterator[TableUpdate]:
    known = next((one for one in metadata.schemas if _same(one, wanted)), None)
    _check_evolution(metadata.schema(), wanted)
    if known is None:
        new_id = max(one.schema_id for one in metadata.schemas) + 1
        known = wanted.model_copy(update={"schema_id": new_id})
        yield AddSchemaUpdate(schema=known)
    if current:
        yield SetCurrentSchemaUpdate.model_validate({"schema-id": known.schema_id})


def _same(one: Schema, other: Schema) -> bool:
    return one.fields == other.fields and set(one.identifier_field_ids) == set(other.identifier_field_ids)


def _check_evolution(current: Schema, wanted: Schema) -> None:
    """Raise for what Iceberg forbids, see https://iceberg.apache.org/spec/#schema-evolution ."""
    old_fields = index_by_id(current)
    for field_id, field in index_by_id(wanted).items():
        old = old_fields.get(field_id)
        if old is None:
            _check_added(field)
            continue
        if field.required and old.optional:
            raise ValueError(f"Cannot change column nullability: {field.name}: optional -> required")
        types = (old.field_type, field.field_type)
        if types[0] != types[1] and any(isinstance(one, PrimitiveType) for one in types):
            promote(*types)


def _check_added(field: NestedField) -> None:
    if field.required and field.initial_default is None:
        raise ValueError(
            f"Incompatible change: cannot add required column without a default value: {field.name}"
        )


def _spec_updates(metadata: TableMetadata, wanted: PartitionSpec, default: bool) -> Iterator[TableUpdate]:
    known = next((one for one in metadata.partition_specs if one.fields == wanted.fields), None)
    if known is None:
        new_id = max(one.spec_id for one in metadata.partition_specs) + 1
        known = PartitionSpec(*wanted.fields, spec_id=new_id)
        yield AddPartitionSpecUpdate(spec=known)
    if default:
        yield SetDefaultSpecUpdate.model_validate({"spec-id": known.spec_id})


def _order_updates(metadata: TableMetadata, wanted: SortOrder, default: bool) -> Iterator[TableUpdate]:
    known = next((one for one in metadata.sort_orders if one.fields == wanted.fields), None)
    if known is None:
        new_id = max(one.order_id for one in metadata.sort_orders) + 1
        known = SortOrder(*wanted.fields, order_id=new_id)
        yield AddSortOrderUpdate.model_validate({"sort-order": known})
    if default:
        yield SetDefaultSortOrderUpdate.model_validate({"sort-order-id": known.order_id})


def _schema(schema: Json) -> Schema:
    names = (("Id", "id"), ("Name", "name"), ("Type", "type"), ("Required", "required"), ("Doc", "doc"))
    defaults = (("InitialDefault", "initial-default"), ("WriteDefault", "write-default"))
    return Schema.model_validate(
        {
            "type": "struct",
            "schema-id": schema.get("SchemaId", 0),
            "identifier-field-ids": schema.get("IdentifierFieldIds", []),
            "fields": [_renamed(field, (*names, *defaults)) for field in schema["Fields"]],
        }
    )


def _spec(spec: Json) -> PartitionSpec:
    names = (("SourceId", "source-id"), ("FieldId", "field-id"), ("Transform", "transform"), ("Name", "name"))
    fields = [{"field-id": 1000 + at, **_renamed(field, names)} for at, field in enumerate(spec["Fields"])]
    return PartitionSpec.model_validate({"spec-id": spec.get("SpecId", 0), "fields": fields})


def _order(order: Json) -> SortOrder:
    names = (
        ("SourceId", "source-id"),
        ("Transform", "transform"),
        ("Direction", "direction"),
        ("NullOrder", "null-order"),
    )
    fields = [_renamed(field, names) for field in order["Fields"]]
    return SortOrder.model_validate({"order-id": order["OrderId"], "fields": fields})


def _renamed(source: Json, names: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    return {theirs: source[ours] for ours, theirs in names if ours in source}
