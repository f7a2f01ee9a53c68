"""Lake Formation in front of the Iceberg REST catalog of Glue.

It shows a table's metadata, bounds of all columns included, to those who may read all of it.
"""

from collections.abc import Iterator
from typing import Any

from local.services.lakeformation import lake as catalog
from local.services.lakeformation.catalog_reads import access_of, require_database, require_whole
from local.services.lakeformation.catalog_writes import WRITES
from local.services.lakeformation.lake import Lake

Json = dict[str, Any]


def check(lake: Lake, caller: str, action: str, arn: str, data: Json) -> None:
    """Refuse a caller who may not do what a request stands for.

    Args:
        lake: The state.
        caller: ARN of the role or user.
        action: Glue's action.
        arn: The resource that it is about.
        data: The body of the request.

    Raises:
        LakeFormationError: They may not.
    """
    kind, _, path = arn.rpartition(":")[2].partition("/")
    if kind == "database":
        require_database(lake, caller, path)
    if kind != "table":
        return
    database, _, name = path.partition("/")
    if needed := WRITES.get(action):
        now = catalog.location(catalog.table(database, name) or {})
        for place in [*_locations(data)] or [now]:
            entry = {"Name": name, "StorageDescriptor": {"Location": place}}
            needed(lake, caller, {"DatabaseName": database, "Name": name, "TableInput": entry})
    elif access := access_of(lake, caller, database, name):
        table = catalog.table(database, name) or {}
        require_whole(access, name, list(catalog.columns(table)))


def _locations(data: Any) -> Iterator[str]:
    """Where a request of the Iceberg REST catalog puts tables."""
    if isinstance(data, dict):
        if isinstance(data.get("location"), str):
            yield data["location"]
        data = [*data.values()]
    for inner in data if isinstance(data, list) else ():
        yield from _locations(inner)


def shown(lake: Lake, caller: str, answer: Json) -> Json:
    """An answer without the names of tables and databases that the caller may not see."""

    def seen(database: str, name: str = "") -> bool:
        entry = catalog.table(database, name) if name else catalog.database(database)
        if entry is None:
            return True
        return (lake.access if name else lake.database_access)(caller, entry).describe

    if "identifiers" in answer:
        found = [one for one in answer["identifiers"] if seen(one["namespace"][0], one["name"])]
        return {**answer, "identifiers": found}
    if "namespaces" in answer:
        return {**answer, "namespaces": [one for one in answer["namespaces"] if seen(one[0])]}
    return answer
