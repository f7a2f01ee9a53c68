"""Lake Formation in front of Glue's Data Catalog: what a caller may not see is left out, or refused.

Tables and databases that are not the caller's are left out of lists; alone they are refused. A table shows
the columns that the caller may see. Whoever makes a database or table may do everything with it.

https://docs.aws.amazon.com/lake-formation/latest/dg/access-control-metadata.html
"""

import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json

from local.patches.glue.governance import CatalogRequest, Response
from local.services.lakeformation import lake as catalog
from local.services.lakeformation.catalog_writes import WRITES, created
from local.services.lakeformation.lake import Lake
from local.services.lakeformation.model.access import Access
from local.services.lakeformation.model.errors import LakeFormationError, lacking

Json = dict[str, Any]
Place = Callable[[], tuple[Lake, Any]]
"""The state of the account and region of a request, and its lock."""

_OK = 200
_STATISTICS = ("GetColumnStatisticsForTable", "GetColumnStatisticsForPartition")
_SHORTENED = (
    "GetTable", "GetTables", "GetDatabases", "GetPartition", "GetPartitions", "BatchGetPartition",
    "CreateDatabase", "CreateTable",
)  # fmt: skip
"""Actions whose answers are looked at; those that make something have a maker."""
_PARTITIONS = ("GetPartition", "GetPartitions", "BatchGetPartition", "GetPartitionIndexes")


class Guard:
    """Answers the catalog's requests for the callers who are under Lake Formation.

    Args:
        place: Tells the state.
    """

    def __init__(self, place: Place) -> None:
        self._place = place

    def __call__(self, request: CatalogRequest) -> Response:
        """Refuse a request, or let Glue answer and shorten its answer."""
        caller = catalog.principal(request.access_key)
        if caller is None:
            return request.answer()
        lake, lock = self._place()
        try:
            with lock:
                lake.observe()
                self._check(lake, caller, request)
        except LakeFormationError as error:
            return _refusal(error)
        status, headers, body = request.answer()
        if status != _OK or not (request.iceberg or request.action in _SHORTENED):
            return status, headers, body
        with lock:
            lake.observe()
            created(lake, caller, request.action, request.data)
            answer = _shown(lake, caller, request.action, json.loads(body or b"{}"))
        return status, headers, json.dumps(answer).encode()

    def _check(self, lake: Lake, caller: str, request: CatalogRequest) -> None:
        data = {"DatabaseName": "", "Name": "", "TableName": "", **request.data}  # Glue tells what is missing
        if check := WRITES.get(request.action):
            check(lake, caller, data)
        elif request.action == "GetDatabase":
            _describe_database(lake, caller, data["Name"])
        elif request.action == "GetTable":
            _access(lake, caller, data["DatabaseName"], data["Name"])
        elif request.action in (*_STATISTICS, *_PARTITIONS):
            access = _access(lake, caller, data["DatabaseName"], data["TableName"])
            if request.action in _STATISTICS:
                _require_whole(access, data["TableName"], data.get("ColumnNames", []))
        for action, arn in request.iceberg:
            _check_rest(lake, caller, action.partition(":")[2], arn)


def _access(lake: Lake, caller: str, database: str, name: str) -> Access | None:
    """What the caller may do with a table; None if there is none, of which Glue tells.

    Raises:
        LakeFormationError: The caller may not see it.
    """
    table = catalog.table(database, name)
    if table is None:
        return None
    access = lake.access(caller, table)
    if not access.describe:
        raise lacking("DESCRIBE", name)
    return access


def _require_whole(access: Access | None, name: str, columns: list[str]) -> None:
    """Statistics tell the least and greatest value, whoever's row has it."""
    if access and not (access.select and access.whole(column.lower() for column in columns)):
        raise lacking("SELECT", name)


def _describe_database(lake: Lake, caller: str, name: str) -> None:
    database = catalog.database(name)
    if database and not lake.database_access(caller, database).describe:
        raise lacking("DESCRIBE", name)


def _check_rest(lake: Lake, caller: str, action: str, arn: str) -> None:
    """The Iceberg REST catalog shows a table's metadata, bounds of all columns included: all or nothing."""
    kind, _, path = arn.rpartition(":")[2].partition("/")
    if kind == "database":
        _describe_database(lake, caller, path)
    if kind != "table":
        return
    database, _, name = path.partition("/")
    if check := WRITES.get(action):
        check(lake, caller, {"DatabaseName": database, "Name": name, "TableInput": {"Name": name}})
    elif access := _access(lake, caller, database, name):
        table = catalog.table(database, name) or {}
        _require_whole(access, name, list(catalog.columns(table)))


def _shown(lake: Lake, caller: str, action: str, answer: Json) -> Json:
    """An answer without what the caller may not see."""
    if action == "GetTable":
        return {**answer, "Table": _shortened(lake, caller, answer["Table"])}
    if action == "GetTables":
        seen = [each for each in answer["TableList"] if lake.access(caller, each).describe]
        return {**answer, "TableList": [_shortened(lake, caller, each) for each in seen]}
    if action == "GetDatabases":
        found = answer["DatabaseList"]
        return {
            **answer,
            "DatabaseList": [each for each in found if lake.database_access(caller, each).describe],
        }
    if action in ("GetPartition", "GetPartitions", "BatchGetPartition"):
        return _partitions(lake, caller, answer)
    return _names(lake, caller, answer) if not action else answer


def _names(lake: Lake, caller: str, answer: Json) -> Json:
    """Lists of the Iceberg REST catalog: names of tables or of databases."""

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


def _shortened(lake: Lake, caller: str, table: Json) -> Json:
    """A table with the columns that the caller may see; Spark's copy of the schema goes with the others.

    https://docs.aws.amazon.com/lake-formation/latest/dg/limitations.html
    """
    shown = lake.access(caller, table).columns
    if shown >= catalog.columns(table).keys():
        return table
    parameters = table.get("Parameters") or {}
    kept = {key: value for key, value in parameters.items() if not key.startswith("spark.sql.sources.schema")}
    return {**table, "Parameters": kept, **_with_columns(table, shown)}


def _partitions(lake: Lake, caller: str, answer: Json) -> Json:
    """Partitions repeat the columns of their table."""

    def shortened(partition: Json) -> Json:
        table = catalog.table(partition["DatabaseName"], partition["TableName"]) or {}
        shown = lake.access(caller, table).columns
        return {**partition, "StorageDescriptor": _with_columns(partition, shown)["StorageDescriptor"]}

    if "Partition" in answer:
        return {**answer, "Partition": shortened(answer["Partition"])}
    return {**answer, "Partitions": [shortened(each) for each in answer.get("Partitions", [])]}


def _with_columns(entry: Json, shown: frozenset[str]) -> Json:
    storage = entry.get("StorageDescriptor") or {}
    kept = [each for each in storage.get("Columns", []) if each["Name"].lower() in shown]
    keys = [each for each in entry.get("PartitionKeys") or [] if each["Name"].lower() in shown]
    return {"StorageDescriptor": {**storage, "Columns": kept}, "PartitionKeys": keys}


def _refusal(error: LakeFormationError) -> Response:
    response: Response = error_response_json(error.code, str(error), 400)
    return response
