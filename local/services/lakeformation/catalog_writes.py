"""What changes of Glue's Data Catalog need by Lake Formation.

https://docs.aws.amazon.com/lake-formation/latest/dg/lf-permissions-reference.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from local.services.lakeformation import lake as catalog
from local.services.lakeformation.lake import Lake
from local.services.lakeformation.model.errors import denied, lacking
from local.services.lakeformation.model.locations import arn_of, covers
from local.services.lakeformation.model.resources import Database, Table

Json = dict[str, Any]
Check = Callable[[Lake, str, Json], None]


def created(lake: Lake, caller: str, action: str, data: Json) -> None:
    """Remember who made a database or a table."""
    if action == "CreateDatabase":
        lake.creators[Database(str(data["DatabaseInput"]["Name"]).lower())] = caller
    elif action == "CreateTable":
        lake.creators[Table(data["DatabaseName"].lower(), _name(data).lower())] = caller


def _create_database(lake: Lake, caller: str, data: Json) -> None:
    if not lake.may_create_database(caller):
        raise lacking("CREATE_DATABASE", "Catalog")
    _require_location(lake, caller, str(data.get("DatabaseInput", {}).get("LocationUri") or ""))


def _of_database(permission: str) -> Check:
    def check(lake: Lake, caller: str, data: Json) -> None:
        database = catalog.database(str(data.get("Name", "")))
        access = lake.database_access(caller, database) if database else None
        if access and access.enforced and permission not in access.permissions:
            raise lacking(permission, data["Name"])

    return check


def _create_table(lake: Lake, caller: str, data: Json) -> None:
    database = catalog.database(data["DatabaseName"])
    access = lake.database_access(caller, database) if database else None
    if access and access.enforced and "CREATE_TABLE" not in access.permissions:
        raise lacking("CREATE_TABLE", data["DatabaseName"])
    _require_location(lake, caller, _location(data))


def _update_table(lake: Lake, caller: str, data: Json) -> None:
    _of_table("ALTER")(lake, caller, data)
    before = catalog.location(catalog.table(data["DatabaseName"], _name(data)) or {})
    if arn_of(_location(data)) != arn_of(before):
        _require_location(lake, caller, _location(data))


def _of_table(*permissions: str) -> Check:
    """Any of these permissions is enough."""

    def check(lake: Lake, caller: str, data: Json) -> None:
        _require(lake, caller, data["DatabaseName"], _name(data), *permissions)

    return check


def _delete_tables(lake: Lake, caller: str, data: Json) -> None:
    for name in data.get("TablesToDelete", []):
        _require(lake, caller, data["DatabaseName"], name, "DROP")


def _add_partitions(lake: Lake, caller: str, data: Json) -> None:
    """Partitions outside of their table's folder need the right to use their location."""
    _of_table("INSERT", "ALTER")(lake, caller, data)
    own = arn_of(catalog.location(catalog.table(data["DatabaseName"], _name(data)) or {}))
    entries = data.get("PartitionInputList") or [data.get("PartitionInput") or {}]
    for entry in (one.get("PartitionInput", one) for one in [*entries, *data.get("Entries", [])]):
        place = catalog.location(entry)
        if place and not covers(own, arn_of(place)):
            _require_location(lake, caller, place)


def _require(lake: Lake, caller: str, database: str, name: str, *permissions: str) -> None:
    table = catalog.table(database, name)
    access = lake.access(caller, table) if table else None
    if access and access.enforced and not access.writes & {*permissions}:
        raise lacking(permissions[0], name)


def _require_location(lake: Lake, caller: str, location: str) -> None:
    if location and not lake.may_use_location(caller, location):
        raise denied(f"Insufficient Lake Formation permission(s) on {location}")


def _name(data: Json) -> str:
    return str(data.get("TableName") or data.get("Name") or data.get("TableInput", {}).get("Name", ""))


def _location(data: Json) -> str:
    """Where a new table lies, or a changed one is to lie."""
    iceberg = data.get("OpenTableFormatInput", {}).get("IcebergInput", {})
    made = iceberg.get("CreateIcebergTableInput") or iceberg.get("IcebergTableInput") or {}
    changes = data.get("UpdateOpenTableFormatInput", {}).get("UpdateIcebergInput", {})
    updates = changes.get("UpdateIcebergTableInput", {}).get("Updates", [])
    moved = next((each["Location"] for each in updates if each.get("Location")), "")
    return str(made.get("Location") or moved or catalog.location(data.get("TableInput", {})))


WRITES: Mapping[str, Check] = {
    "CreateDatabase": _create_database,
    "UpdateDatabase": _of_database("ALTER"),
    "DeleteDatabase": _of_database("DROP"),
    "CreateTable": _create_table,
    "UpdateTable": _update_table,
    "DeleteTable": _of_table("DROP"),
    "BatchDeleteTable": _delete_tables,
    "CreatePartition": _add_partitions,
    "BatchCreatePartition": _add_partitions,
    "UpdatePartition": _add_partitions,
    "BatchUpdatePartition": _add_partitions,
    "DeletePartition": _of_table("DELETE", "ALTER"),
    "BatchDeletePartition": _of_table("DELETE", "ALTER"),
    "CreatePartitionIndex": _of_table("ALTER"),
    "UpdateColumnStatisticsForTable": _of_table("ALTER"),
    "DeleteColumnStatisticsForTable": _of_table("ALTER"),
    "UpdateColumnStatisticsForPartition": _of_table("ALTER"),
    "DeleteColumnStatisticsForPartition": _of_table("ALTER"),
}
"""Checks by Glue's action; each raises a `LakeFormationError` for who may not."""
