"""Questions to Athena as a persona, in its work group."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import pyarrow as pa

from config.naming import Naming
from lakehouse.model.dataset import Lake
from tools.sql.names import physical

_POLL_SECONDS = 0.1
_RUNNING = ("QUEUED", "RUNNING")
MOST_ROWS = 1000
"""Rows that are fetched of an answer."""


class QueryError(RuntimeError):
    """Athena cannot answer, or the persona may not ask; the message is Athena's."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    rows: pa.Table
    """The first ones, as texts."""
    seconds: float
    scanned: int
    """Bytes."""


@dataclass(frozen=True)
class Saved:
    """A query that somebody saved."""

    about: str
    database: str
    sql: str

    @classmethod
    def of(cls, named: Mapping[str, Any]) -> Self:
        """Return it of Athena's answer."""
        return cls(named.get("Description", ""), named["Database"], named["QueryString"])


@dataclass(frozen=True)
class Asking:
    """Who asks where."""

    client: Any
    """Of Athena, under the persona's credentials."""
    persona: str
    lake: Lake
    naming: Naming

    def ask(self, sql: str) -> Answer:
        """Ask a question; tables may be named as in contracts, `<layer>_<domain>.<dataset>`.

        Raises:
            QueryError: There is no answer.
        """
        return self._answer({"QueryString": physical(sql.strip().rstrip(";"), self.lake, self.naming)})

    def saved(self, prefix: str) -> dict[str, Saved]:
        """Return the queries that are saved in the persona's work group, by their names after a prefix.

        Raises:
            QueryError: Athena does not let this persona see them.
        """
        from botocore.exceptions import ClientError  # noqa: PLC0415 (not before it is needed)

        found: dict[str, Saved] = {}
        pages = self.client.get_paginator("list_named_queries")
        try:
            for page in pages.paginate(WorkGroup=self.naming.resource(self.persona)):
                if ids := page["NamedQueryIds"]:
                    queries = self.client.batch_get_named_query(NamedQueryIds=ids)["NamedQueries"]
                    mine = (each for each in queries if each["Name"].startswith(prefix))
                    found |= {each["Name"].removeprefix(prefix): Saved.of(each) for each in mine}
        except ClientError as error:
            raise QueryError(error.response["Error"]["Message"]) from error
        return dict(sorted(found.items()))

    def ask_saved(self, query: Saved, values: Sequence[str]) -> Answer:
        """Ask a saved query, with texts in the place of its question marks.

        Raises:
            QueryError: There is no answer.
        """
        # https://docs.aws.amazon.com/athena/latest/ug/querying-with-prepared-statements.html
        literals = ["'" + value.replace("'", "''") + "'" for value in values]
        context = {"Database": query.database}
        request: dict[str, Any] = {"QueryString": query.sql, "QueryExecutionContext": context}
        return self._answer({**request, "ExecutionParameters": literals} if literals else request)

    def _answer(self, request: dict[str, Any]) -> Answer:
        started = time.monotonic()
        run = self._started(request)
        try:
            while (found := self._execution(run))["Status"]["State"] in _RUNNING:
                time.sleep(_POLL_SECONDS)
        except KeyboardInterrupt:
            self.client.stop_query_execution(QueryExecutionId=run)
            raise
        status = found["Status"]
        if status["State"] != "SUCCEEDED":
            raise QueryError(status.get("StateChangeReason", status["State"]))
        scanned = int(found.get("Statistics", {}).get("DataScannedInBytes", 0))
        return Answer(self._rows(run), time.monotonic() - started, scanned)

    def _started(self, request: dict[str, Any]) -> str:
        from botocore.exceptions import ClientError  # noqa: PLC0415 (not before it is needed)

        try:
            started = self.client.start_query_execution(
                **request, WorkGroup=self.naming.resource(self.persona)
            )
        except ClientError as error:
            raise QueryError(error.response["Error"]["Message"]) from error
        return str(started["QueryExecutionId"])

    def _execution(self, run: str) -> dict[str, Any]:
        return dict(self.client.get_query_execution(QueryExecutionId=run)["QueryExecution"])

    def _rows(self, run: str) -> pa.Table:
        names: list[str] = []
        rows: list[list[str | None]] = []
        for page in self.client.get_paginator("get_query_results").paginate(QueryExecutionId=run):
            names = [column["Name"] for column in page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]]
            rows += [[cell.get("VarCharValue") for cell in row["Data"]] for row in page["ResultSet"]["Rows"]]
            if len(rows) > MOST_ROWS:
                break
        rows = rows[1:] if rows and rows[0] == names else rows  # the first one of a query names the columns
        columns = [pa.array([row[at] for row in rows], pa.string()) for at in range(len(names))]
        return pa.Table.from_arrays(columns, names=_distinct(names)).slice(0, MOST_ROWS)


def _distinct(names: list[str]) -> list[str]:
    """Number names that come again, since rows are told by name."""
    return [f"{name} {at}" if name in names[:at] else name for at, name in enumerate(names)]


def of_aws(env: str, persona: Callable[[Any], str], root: Any) -> Asking:
    """Return who asks the lake of an environment on AWS, by way of the persona's role.

    Raises:
        InvalidInputError: Settings or contracts are invalid.
        QueryError: AWS does not let this user act as the persona.
    """
    import boto3  # noqa: PLC0415 (slow to import, and not for the lake on this machine)
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    from config.load import load_settings  # noqa: PLC0415
    from lakehouse.model.drafts import deployed  # noqa: PLC0415
    from lakehouse.odcs.lake.load import load_lake  # noqa: PLC0415

    settings = load_settings(env, root)
    lake = deployed(load_lake(root), settings)
    naming, name = settings.naming, persona(settings)
    role = f"arn:aws:iam::{settings.account}:role/{naming.resource(name)}"
    try:
        sts = boto3.client("sts", region_name=settings.region)
        given = sts.assume_role(RoleArn=role, RoleSessionName="lake-sql")["Credentials"]
    except (BotoCoreError, ClientError) as error:
        raise QueryError(
            f"{error}; allowed: whoever people.personas.{name} of {env} names; fix: sign in as one of them"
        ) from error
    session = boto3.Session(
        given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], settings.region
    )
    return Asking(session.client("athena"), name, lake, naming)
