"""The life of a query execution: refused at submission, or run as the caller until it ends or is stopped."""

import asyncio
import time
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError
from ministack.core.responses import error_response_json
from ministack.services import athena

from local.patches.athena import text
from local.patches.athena.engine import types
from local.patches.athena.errors import QueryError, RefusedError
from local.patches.athena.kept_rows import KeptRows
from local.patches.athena.session import CATALOG, Outcome, Session
from local.patches.athena.statements import parameters, statements
from local.patches.cloudwatch.store import record

_start = athena._start_query_execution
_stop = athena._stop_query_execution
_results = athena._get_query_results
_MOST_SHOWN = 2000
_running: dict[str, tuple[Session, statements.Run]] = {}


def start(data: dict[str, Any]) -> Any:
    """`StartQueryExecution`: parse, and let the emulator make the execution, which then runs `execute`."""
    group = athena._workgroups.get(data.get("WorkGroup", "primary"))
    if group is None:
        return error_response_json(
            "InvalidRequestException", f"WorkGroup {data['WorkGroup']} is not found.", 400
        )
    context = data.get("QueryExecutionContext", {})
    if context.get("Catalog", CATALOG).lower() != CATALOG:
        return error_response_json(
            "InvalidRequestException", f"Catalog {context['Catalog']} is not supported", 400
        )
    try:
        sql = parameters.bind(data.get("QueryString", ""), data.get("ExecutionParameters") or [])
        statement = statements.parse(sql)
    except RefusedError as error:
        extra = {"AthenaErrorCode": error.code}
        return error_response_json("InvalidRequestException", str(error), 400, extra=extra)
    configuration = group.get("Configuration", {})
    enforced = bool(configuration.get("EnforceWorkGroupConfiguration")) and bool(_location(configuration))
    if enforced:  # the request's own is ignored
        data = {**data, "ResultConfiguration": dict(configuration["ResultConfiguration"])}
    # The emulator makes the execution, and must not read the statement as one of its own.
    answer = _start({**data, "QueryString": "SELECT 1"})
    if answer[0] == 200:  # noqa: PLR2004 - HTTP's OK
        _describe(athena.json.loads(answer[2])["QueryExecutionId"], data, sql, statement, enforced)
    return answer


def _describe(
    query_id: str, data: dict[str, Any], sql: str, statement: statements.Statement, enforced: bool
) -> None:
    """Complete an execution before it begins to run."""
    execution = athena._executions[query_id]
    location = execution["ResultConfiguration"]["OutputLocation"].removesuffix(f"{query_id}.csv")
    output = location if location.endswith("/") else location + "/"
    suffix = ".csv" if statement.type == "DML" else ".txt"
    execution["ResultConfiguration"]["OutputLocation"] = f"{output}{query_id}{suffix}"
    execution["Query"] = data.get("QueryString", "")
    execution["StatementType"], execution["SubstatementType"] = statement.type, statement.subtype
    if values := data.get("ExecutionParameters"):
        execution["ExecutionParameters"] = values
    context = execution["QueryExecutionContext"]
    session = Session(query_id, execution["WorkGroup"], context["Database"].lower(), output, enforced)
    _running[query_id] = (session, statement.run)


async def execute(query_id: str, *_: Any) -> None:
    """Run an execution to its end; errors become its state."""
    execution = athena._executions[query_id]
    session, run = _running[query_id]
    status = execution["Status"]
    started = time.time()
    if status["State"] == "QUEUED":
        status["State"] = "RUNNING"
        try:
            await asyncio.to_thread(_execute, execution, session, run)
            state, reason = "SUCCEEDED", ""
        except (ValueError, ClientError) as error:
            state, reason = "FAILED", _reason(error)
        except Exception as error:  # whatever it is, the execution must end
            athena.logger.exception("Athena query %s failed", query_id)
            state, reason = "FAILED", f"GENERIC_INTERNAL_ERROR: {type(error).__name__}: {error}"
        if status["State"] == "RUNNING":  # not cancelled meanwhile
            status.update(State=state, StateChangeReason=reason[:_MOST_SHOWN])
    del _running[query_id]
    elapsed = int((time.time() - started) * 1000)
    execution["Statistics"].update(EngineExecutionTimeInMillis=elapsed, TotalExecutionTimeInMillis=elapsed)
    status["CompletionDateTime"] = int(time.time())
    _tell(execution)


def _tell(execution: dict[str, Any]) -> None:
    """Tell CloudWatch of a query that ended, if its work group does.

    https://docs.aws.amazon.com/athena/latest/ug/query-metrics-viewing.html
    """
    configuration = athena._workgroups[execution["WorkGroup"]].get("Configuration", {})
    if not configuration.get("PublishCloudWatchMetricsEnabled"):
        return
    statistics = execution["Statistics"]
    of = {
        "QueryState": execution["Status"]["State"],
        "QueryType": execution["StatementType"],
        "WorkGroup": execution["WorkGroup"],
    }
    record("AWS/Athena", "ProcessedBytes", statistics.get("DataScannedInBytes", 0), of, "Bytes")
    total = statistics["TotalExecutionTimeInMillis"]
    record("AWS/Athena", "TotalExecutionTime", total, of, "Milliseconds")


def stop(data: dict[str, Any]) -> Any:
    """`StopQueryExecution`: the engine is interrupted."""
    execution = athena._executions.get(data.get("QueryExecutionId", ""))
    if execution and execution["Status"]["State"] in ("QUEUED", "RUNNING"):
        _running[execution["QueryExecutionId"]][0].cancel()
    return _stop(data)


def results(data: dict[str, Any]) -> Any:
    """`GetQueryResults`, with the digits of decimals and the number of rows written."""
    status, headers, body = _results(data)
    answer = athena.json.loads(body)
    for column in answer.get("ResultSet", {}).get("ResultSetMetadata", {}).get("ColumnInfo", []):
        if digits := types.precision(column["Type"]):
            column["Type"], column["Precision"], column["Scale"] = "decimal", *digits
    if "UpdateCount" in answer:
        answer["UpdateCount"] = athena._executions[data["QueryExecutionId"]].get("_updated", 0)
        if not answer["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]:
            answer["ResultSet"]["Rows"] = []  # what writes has no columns, and no header
    return status, headers, athena.json.dumps(answer).encode()


def _execute(execution: dict[str, Any], session: Session, run: statements.Run) -> None:
    s3, place = session.s3, urlsplit(execution["ResultConfiguration"]["OutputLocation"])
    s3.get_bucket_location(Bucket=place.netloc)
    outcome = run(session)
    if session.cancelled:
        raise QueryError("Query was cancelled")
    execution["_results"] = {"columns": outcome.columns, "rows": KeptRows(outcome.rows)}
    execution["_column_types"], execution["_updated"] = outcome.types, outcome.updated
    execution["Statistics"]["DataScannedInBytes"] = sum(
        len(cell or "") for row in outcome.rows for cell in row
    )
    _write(execution, session, outcome)


def _write(execution: dict[str, Any], session: Session, outcome: Outcome) -> None:
    """Put the result's files where the execution says; what wrote data has a manifest instead."""
    location = execution["ResultConfiguration"]["OutputLocation"]
    if outcome.written is not None:
        folder = "tables/" if execution["SubstatementType"] != "UNLOAD" else ""
        location = f"{session.output}{folder}{session.query_id}"
        execution["ResultConfiguration"]["OutputLocation"] = location
        execution["Statistics"]["DataManifestLocation"] = f"{location}-manifest.csv"
        manifest = "".join(f"{one}\n" for one in outcome.written)
        _put(session, f"{location}-manifest.csv", manifest.encode())
    elif outcome.plain:
        _put(session, location, text.plain_document(outcome.rows))
    else:
        _put(session, location, text.csv_document(outcome.columns, outcome.rows))
    _put(session, f"{location}.metadata", ",".join(outcome.types).encode())


def _put(session: Session, location: str, body: bytes) -> None:
    place = urlsplit(location)
    kind = "text/csv" if location.endswith(".csv") else "application/octet-stream"
    session.s3.put_object(Bucket=place.netloc, Key=place.path[1:], Body=body, ContentType=kind)


def _reason(error: Exception) -> str:
    if isinstance(error, ClientError) and error.response["Error"]["Code"] in (
        "AccessDenied",
        "AccessDeniedException",
    ):
        message = error.response["Error"]["Message"]
        told = message if message.startswith("Insufficient Lake Formation") else error
        return f"Insufficient permissions to execute the query. {told}"
    return str(error)


def _location(configuration: dict[str, Any]) -> str:
    return str(configuration.get("ResultConfiguration", {}).get("OutputLocation", ""))
