"""Asking Athena as somebody, and what became of it."""

import time
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

_SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    """How a statement ended."""

    execution: dict[str, Any]
    columns: list[tuple[str, str]]
    rows: list[list[str | None]]

    @property
    def state(self) -> str:
        """SUCCEEDED, FAILED or CANCELLED."""
        return str(self.execution["Status"]["State"])

    @property
    def reason(self) -> str:
        """Why it failed."""
        return str(self.execution["Status"].get("StateChangeReason", ""))


@dataclass(frozen=True)
class Asker:
    """Asks under one role's credentials."""

    athena: Any
    workgroup: str
    database: str

    def start(self, sql: str, **more: Any) -> str:
        """Submit a statement and return its id."""
        context = {"Database": self.database}
        answer = self.athena.start_query_execution(
            QueryString=sql, WorkGroup=self.workgroup, QueryExecutionContext=context, **more
        )
        return str(answer["QueryExecutionId"])

    def ask(self, sql: str, **more: Any) -> Answer:
        """Run a statement to its end."""
        return self.answer(self.start(sql, **more))

    def answer(self, query: str) -> Answer:
        """Wait for the end of an execution."""
        deadline = time.monotonic() + _SECONDS
        while (found := self._execution(query))["Status"]["State"] in ("QUEUED", "RUNNING"):
            assert time.monotonic() < deadline, found
            time.sleep(0.05)
        if found["Status"]["State"] != "SUCCEEDED":
            return Answer(found, [], [])
        result = self.athena.get_query_results(QueryExecutionId=query)["ResultSet"]
        rows = [[cell.get("VarCharValue") for cell in row["Data"]] for row in result["Rows"]]
        columns = [(one["Name"], one["Type"]) for one in result["ResultSetMetadata"]["ColumnInfo"]]
        header = found["StatementType"] == "DML" and columns
        return Answer(found, columns, rows[1:] if header else rows)

    def refusal(self, sql: str) -> str:
        """Why a statement was refused, at submission or when it ran."""
        try:
            answer = self.ask(sql)
        except ClientError as error:
            return str(error)
        assert answer.state == "FAILED", answer.rows
        return answer.reason

    def rows(self, sql: str, **more: Any) -> list[list[str | None]]:
        """The rows of a statement that succeeds."""
        answer = self.ask(sql, **more)
        assert answer.state == "SUCCEEDED", answer.reason
        return answer.rows

    def _execution(self, query: str) -> dict[str, Any]:
        return dict(self.athena.get_query_execution(QueryExecutionId=query)["QueryExecution"])
