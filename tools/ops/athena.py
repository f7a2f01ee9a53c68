"""Asks Athena, as a rule in the work group of engineers, who may read what was rejected."""

import time
from typing import Any

from tools.ops.target import OperationError, Target

_POLL_SECONDS = 0.3
_RUNNING = ("QUEUED", "RUNNING")


def query(target: Target, sql: str) -> list[list[str]]:
    """Return the rows of a query, as texts.

    Raises:
        OperationError: Athena could not answer.
    """
    return ask(target.client("athena"), target.settings.naming.resource("engineer"), sql)


def ask(athena: Any, workgroup: str, sql: str) -> list[list[str]]:
    """Return the rows of a query that a client of Athena asks in a work group, as texts.

    Raises:
        OperationError: Athena could not answer.
        ClientError: Athena does not take the query.
    """
    run = athena.start_query_execution(QueryString=sql, WorkGroup=workgroup)["QueryExecutionId"]
    while (state := _status(athena, run))["State"] in _RUNNING:
        time.sleep(_POLL_SECONDS)
    if state["State"] != "SUCCEEDED":
        reason = state.get("StateChangeReason", state["State"])
        raise OperationError(f"Athena cannot answer: {reason}; fix: see the query {run} of {workgroup}")
    pages = athena.get_paginator("get_query_results").paginate(QueryExecutionId=run)
    rows = [row["Data"] for page in pages for row in page["ResultSet"]["Rows"]]
    return [[cell.get("VarCharValue", "") for cell in row] for row in rows[1:]]  # the first names the columns


def literal(text: str) -> str:
    """Write a text as SQL does."""
    return "'" + text.replace("'", "''") + "'"


def _status(athena: Any, run: str) -> dict[str, Any]:
    return dict(athena.get_query_execution(QueryExecutionId=run)["QueryExecution"]["Status"])
