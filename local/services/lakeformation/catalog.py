"""Lake Formation in front of Glue's Data Catalog: what a caller may not see is left out, or refused.

Tables and databases that are not the caller's are left out of lists; alone they are refused. A table shows
the columns that the caller may see. Whoever makes a database or table may do everything with it.

https://docs.aws.amazon.com/lake-formation/latest/dg/access-control-metadata.html
"""

import json
from http import HTTPStatus
from typing import Any

from ministack.core.responses import error_response_json

from local.patches.glue.governance import CatalogRequest, Response
from local.services.lakeformation import iceberg_rest
from local.services.lakeformation import lake as catalog
from local.services.lakeformation.catalog_reads import access_of, require_database, require_whole
from local.services.lakeformation.catalog_writes import WRITES, created
from local.services.lakeformation.lake import Lake
from local.services.lakeformation.links import Place, Target
from local.services.lakeformation.model.access import Access
from local.services.lakeformation.model.errors import LakeFormationError

Json = dict[str, Any]

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
            return self._following(request, caller, request.answer())
        lake, lock = self._place()
        try:
            with lock:
                lake.observe()
                self._check(lake, caller, request)
        except LakeFormationError as error:
            return _refusal(error, rest=not request.action)
        status, headers, body = request.answer()
        if status != HTTPStatus.OK or not (request.iceberg or request.action in _SHORTENED):
            return status, headers, body
        with lock:
            lake.observe()
            created(lake, caller, request.action, request.data)
            whole = json.loads(body or b"{}")
            answer = _shown(lake, caller, request.action, whole)
        shown = body if answer == whole else json.dumps(answer).encode()
        return self._following(request, caller, (status, headers, shown))

    def _following(self, request: CatalogRequest, caller: str | None, answer: Response) -> Response:
        """Put the tables of other accounts in the place of the links that lead there."""
        status, headers, body = answer
        if status != HTTPStatus.OK or request.action not in ("GetTable", "GetTables"):
            return answer
        found = json.loads(body)
        if request.action == "GetTable":
            found["Table"] = self._followed(request, caller, found["Table"])
        else:
            found["TableList"] = [self._followed(request, caller, each) for each in found["TableList"]]
        return status, headers, json.dumps(found).encode()

    def _followed(self, request: CatalogRequest, caller: str | None, link: Json) -> Json:
        target = Target.of(link)
        if target is None or not target.allowed(request.access_key, request.action):
            return link
        found = target.access(self._place, caller)
        return link if found is None else {**_of_access(dict(found[0]), found[1]), **link}

    def _check(self, lake: Lake, caller: str, request: CatalogRequest) -> None:
        data = {"DatabaseName": "", "Name": "", "TableName": "", **request.data}  # Glue tells what is missing
        if check := WRITES.get(request.action):
            check(lake, caller, data)
        elif request.action == "GetDatabase":
            require_database(lake, caller, data["Name"])
        elif request.action == "GetTable":
            access_of(lake, caller, data["DatabaseName"], data["Name"])
        elif request.action in (*_STATISTICS, *_PARTITIONS):
            access = access_of(lake, caller, data["DatabaseName"], data["TableName"])
            if request.action in _STATISTICS:
                require_whole(access, data["TableName"], data.get("ColumnNames", []))
        for action, arn in request.iceberg:
            iceberg_rest.check(lake, caller, action.partition(":")[2], arn, request.data)


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
    return answer if action else iceberg_rest.shown(lake, caller, answer)


def _shortened(lake: Lake, caller: str, table: Json) -> Json:
    """A table with the columns that the caller may see; Spark's copy of the schema goes with the others.

    https://docs.aws.amazon.com/lake-formation/latest/dg/limitations.html
    """
    return _of_access(table, lake.access(caller, table))


def _of_access(table: Json, access: Access) -> Json:
    shown = access.columns
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


def _refusal(error: LakeFormationError, *, rest: bool) -> Response:
    if rest:
        found = {"error": {"message": str(error), "type": error.code, "code": HTTPStatus.FORBIDDEN}}
        return HTTPStatus.FORBIDDEN, {"Content-Type": "application/json"}, json.dumps(found).encode()
    response: Response = error_response_json(error.code, str(error), HTTPStatus.BAD_REQUEST)
    return response
