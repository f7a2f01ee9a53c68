"""Asks Athena as a persona, or as the root user, to whom Lake Formation shows everything."""

import csv
import io
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import boto3

from local.lake.lake import LocalLake

_SECONDS = 120


@dataclass(frozen=True)
class Answer:
    """What came back."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    """Values as text, sorted."""
    refusal: str = ""
    """Why the query failed; empty if it did not."""


def ask(lake: LocalLake, session: boto3.Session, persona: str, database: str, sql: str) -> Answer:
    """Ask in the work group of a persona."""
    athena = session.client("athena")
    started = athena.start_query_execution(
        QueryString=sql,
        WorkGroup=lake.naming.resource(persona),
        QueryExecutionContext={"Database": database},
    )["QueryExecutionId"]
    deadline = time.monotonic() + _SECONDS
    while True:
        execution = athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]
        status = execution["Status"]
        if status["State"] not in ("QUEUED", "RUNNING"):
            break
        assert time.monotonic() < deadline, sql
        time.sleep(0.05)
    if status["State"] != "SUCCEEDED":
        return Answer(refusal=status["StateChangeReason"])
    place = urlsplit(execution["ResultConfiguration"]["OutputLocation"])
    text = session.client("s3").get_object(Bucket=place.netloc, Key=place.path[1:])["Body"].read().decode()
    columns, *rows = map(tuple, csv.reader(io.StringIO(text)))
    return Answer(columns, tuple(sorted(rows)))
