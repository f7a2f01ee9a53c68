"""What a run of the lake has to show: read from its tables, never from the status of its jobs."""

import http.client
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from botocore.exceptions import ClientError

from lakehouse.model.dataset import Dataset, Layer
from local.demo.questions import Answer, answers
from local.feed.feed import Fed
from local.feed.finder import LakeSamples
from local.lake.lake import LocalLake
from local.lake.quality_results import Quality, read_quality
from local.lake.tables import open_table, read_table, summed_counts


@dataclass(frozen=True)
class DatasetCounts:
    """Records of a source dataset, as its jobs counted them, and rows as an independent reader finds them."""

    name: str
    records_in: int
    accepted: int
    rejected: int
    superseded: int
    silver_rows: int
    reasons: dict[str, int]
    """Rejected records by reason, counted in the quarantine table."""
    generated: bool
    """Whether its records were made from its contract."""


@dataclass(frozen=True)
class Course:
    """What went wrong, or otherwise than usual, on the way to the tables."""

    samples: LakeSamples
    fed: Fed
    failures: dict[str, str]
    """Why pipelines failed, by domain."""
    catalogue: str
    """First page of the catalogue."""
    red_when_new: list[str]
    """Alarms that were on when the lake had just been deployed."""


@dataclass(frozen=True)
class Summary:
    """The whole report; `REPORT=file.json` writes it as JSON."""

    datasets: list[DatasetCounts]
    gold: list[dict[str, Any]]
    quality: list[Quality]
    queries: list[Answer]
    unexpected: list[str]
    """What came out otherwise than samples expect; so it may, where somebody changed a contract."""
    red_when_new: list[str]
    """Alarms that were on when the lake had just been deployed."""
    catalogue: str
    posted: dict[str, int]
    """How many records of a dataset its API took, by id; the others went onto its stream."""
    not_fed: dict[str, str]
    """Why no record could be made for a dataset, by its id."""
    failures: dict[str, str]
    """Why pipelines failed, by domain."""
    recorded_only: dict[str, int]
    iam_enforced: bool
    tls: bool
    stages: dict[str, float]
    seconds: float

    @property
    def succeeded(self) -> bool:
        """Whether every dataset was fed and every pipeline ran through."""
        return not self.failures and not self.not_fed

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return asdict(self)


def summarize(lake: LocalLake, course: Course, stages: dict[str, float], started: float) -> Summary:
    """Read the whole report; `stages` are the seconds of each stage, `started` a monotonic time."""
    datasets = [count_records(lake, dataset, course.fed) for dataset in lake.sources]
    queries = answers(lake, course.samples, course.failures)
    return Summary(
        datasets=datasets,
        gold=count_gold(lake),
        quality=read_quality(lake),
        queries=queries,
        unexpected=[*unexpected_counts(datasets, course), *unexpected_answers(queries)],
        red_when_new=course.red_when_new,
        catalogue=course.catalogue,
        posted=dict(course.fed.posted),
        not_fed=dict(course.fed.impossible),
        failures=course.failures,
        recorded_only=lake.aws.recorded_only(),
        iam_enforced=iam_is_enforced(lake),
        tls=tls_is_required(lake),
        stages=stages,
        seconds=round(time.monotonic() - started, 1),
    )


def count_records(lake: LocalLake, dataset: Dataset, fed: Fed) -> DatasetCounts:
    """Count one source dataset's records and rows."""
    silver = open_table(lake.aws, lake.naming.database(Layer.SILVER, dataset.domain), dataset.name)
    quarantine = read_table(lake.aws, lake.naming.database(Layer.QUARANTINE, dataset.domain), dataset.name)
    reasons = {entry["values"]: entry["counts"] for entry in quarantine["reason"].value_counts().to_pylist()}
    return DatasetCounts(
        name=dataset.id,
        silver_rows=silver.scan(selected_fields=(dataset.fields[0].name,)).to_arrow().num_rows,
        reasons=reasons,
        generated=dataset.id in fed.generated,
        **summed_counts(silver),
    )


def unexpected_counts(datasets: Iterable[DatasetCounts], course: Course) -> Iterator[str]:
    """Compare counts with those that samples expect, but for domains whose pipeline failed."""
    for found in datasets:
        expected = course.fed.expected.get(found.name)
        if expected is None or found.name.partition("/")[0] in course.failures:
            continue
        for what, got, allowed in (
            ("rows", found.silver_rows, expected.rows),
            ("rejected", found.reasons, expected.rejected),
            ("records in", found.records_in, expected.records_in),
            ("accepted", found.accepted, expected.accepted),
        ):
            if allowed is not None and got != allowed:
                yield f"{what} of {found.name}: got {got}; expected: {allowed}"


def unexpected_answers(answers: Iterable[Answer]) -> Iterator[str]:
    """Compare answers with those that samples expect."""
    for answer in answers:
        if answer.rows != answer.expected:
            yield f"{answer.question} got {answer.rows}; expected: {answer.expected}"


def count_gold(lake: LocalLake) -> list[dict[str, Any]]:
    """Rows of every gold product, and whether a run has ever written to it; none does while it waits."""
    found = []
    for product in lake.products:
        table = open_table(lake.aws, lake.naming.database(Layer.GOLD, product.domain), product.name)
        built = table.current_snapshot() is not None
        found.append({"name": product.id, "rows": table.scan().to_arrow().num_rows, "built": built})
    return found


def red_alarms(lake: LocalLake) -> list[str]:
    """Evaluate all alarms, and return the names of those that are on."""
    lake.aws.evaluate_alarms()
    pages = lake.aws.client("cloudwatch").get_paginator("describe_alarms").paginate(StateValue="ALARM")
    return sorted(alarm["AlarmName"] for page in pages for alarm in page["MetricAlarms"])


def iam_is_enforced(lake: LocalLake) -> bool:
    """Try what no policy allows: a persona that reads gold reads a bronze object, as a file."""
    key = next((key for dataset in lake.sources for key in lake.bronze_keys(dataset)), "none")
    try:
        session = lake.session_as(lake.reader(Layer.GOLD))
        session.client("s3").get_object(Bucket=lake.naming.bucket("bronze"), Key=key)
    except ClientError as error:
        return error.response["Error"]["Code"] == "AccessDenied"
    return False


def tls_is_required(lake: LocalLake) -> bool:
    """Try to talk to the endpoint without TLS."""
    connection = http.client.HTTPConnection("127.0.0.1", lake.aws.port, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except (http.client.HTTPException, OSError):
        return True
    finally:
        connection.close()
    return False
