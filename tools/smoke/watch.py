"""What an operator looks at: alarms, logs, failed runs, dead letters, and what was refused."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from lakehouse.layout.paths import ERRORS, UNROUTED
from lakehouse.layout.streams import stream_name
from lakehouse.model.dataset import Dataset, Layer, Mode
from tools.ops.target import Target
from tools.smoke.logs import errors_of, told
from tools.smoke.step import Step, failed, guarded, not_asked, ok

_SHOWN = 3
"""Keys of one kind that are shown."""

_FUNCTIONS = ("landing_router", "stream_transform", "iceberg_tables")


def watch(target: Target, datasets: Iterable[Dataset], since: datetime) -> list[Step]:
    """Look at everything that tells of faults since an instant."""
    datasets = list(datasets)
    naming = target.settings.naming
    streams = {
        stream_name(each, naming)
        for each in datasets
        if each.ingestion and each.ingestion.mode is Mode.STREAM
    }
    domains = sorted({each.domain for each in datasets})
    functions = [naming.resource(name) for name in _FUNCTIONS]
    if target.settings.processing.function is not None:
        taking = sorted({each.domain for each in datasets if each.ingestion})
        functions += [naming.resource(domain, "silver") for domain in taking]
    groups = [
        *(f"/aws/lambda/{name}" for name in functions),
        *(f"/aws/kinesisfirehose/{name}" for name in sorted(streams)),
    ]
    steps = guarded("alarms", alarms, target)
    for group in groups:
        steps += guarded(f"log {group}", _log, target, group, since)
    for domain in domains:
        for job in ("bronze_to_silver", "silver_to_gold"):
            steps += guarded(f"job {domain} {job}", _runs, target, domain, job, since)
    return steps + lost(target, since)


def lost(target: Target, since: datetime) -> list[Step]:
    """Look at what did not find its way since an instant: dead letters, and what was refused."""
    return [
        *guarded("dead letters", _dead_letters, target),
        *guarded("unrouted files", _new_objects, target, "unrouted files", Layer.QUARANTINE, UNROUTED, since),
        *guarded(
            "undelivered records", _new_objects, target, "undelivered records", Layer.BRONZE, ERRORS, since
        ),
    ]


def alarms(target: Target) -> Iterator[Step]:
    """Every alarm that is on, and what has not started or has ended without a word."""
    client = target.client("cloudwatch")
    pages = client.get_paginator("describe_alarms").paginate(
        AlarmNamePrefix=f"{target.settings.naming.prefix}-"
    )
    alarms = [alarm for page in pages for alarm in page["MetricAlarms"]]
    on = [alarm for alarm in alarms if alarm["StateValue"] == "ALARM"]
    silent = [alarm for alarm in alarms if is_silent(alarm)]
    ended = [alarm for alarm in silent if has_come(client, alarm)]
    for alarm in [*on, *ended]:
        yield failed(f"alarm {alarm['AlarmName']}", alarm.get("AlarmDescription") or alarm["StateReason"])
    waiting = [alarm["AlarmName"] for alarm in silent if alarm not in ended]
    if waiting:
        yield not_asked(
            "not started yet", f"nothing was ever heard of what these watch: {', '.join(waiting)}"
        )
    if not on and not ended:
        yield ok("alarms", "none is on")


def is_silent(alarm: dict[str, Any]) -> bool:
    """Whether an alarm that would tell of silence has no data."""
    return alarm["StateValue"] == "INSUFFICIENT_DATA" and bool(alarm.get("InsufficientDataActions"))


def has_come(client: Any, alarm: dict[str, Any]) -> bool:
    """Whether CloudWatch had data of an alarm's metric within the last two weeks.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html
    """
    if "MetricName" not in alarm:
        return False  # of a query nobody knows which metrics it would have found
    names = {name: alarm[name] for name in ("Namespace", "MetricName", "Dimensions")}
    return bool(client.list_metrics(**names)["Metrics"])


def _log(target: Target, group: str, since: datetime) -> Iterator[Step]:
    found = list(errors_of(target, group, since))
    if found:
        yield failed(f"log {group}", f"{len(found)} errors: {told(found)}")
    else:
        yield ok(f"log {group}", "no errors")


def _runs(target: Target, domain: str, job: str, since: datetime) -> Iterator[Step]:
    """Runs of a job that failed, whoever started them."""
    glue = target.client("glue")
    name = f"job {domain} {job}"
    try:
        runs = glue.get_job_runs(JobName=target.settings.naming.resource(domain, job))["JobRuns"]
    except glue.exceptions.EntityNotFoundException:
        return  # a domain without products has no second job
    bad = [
        run
        for run in runs
        if run["StartedOn"] >= since and run["JobRunState"] in ("FAILED", "TIMEOUT", "ERROR")
    ]
    if bad:
        yield failed(name, f"{bad[0]['Id']}: {bad[0].get('ErrorMessage', bad[0]['JobRunState'])}")
    else:
        yield ok(name, "no run failed")


def _dead_letters(target: Target) -> Iterator[Step]:
    sqs = target.client("sqs")
    pages = sqs.get_paginator("list_queues").paginate(QueueNamePrefix=f"{target.settings.naming.prefix}-")
    urls = [url for page in pages for url in page.get("QueueUrls", ()) if "dead-letter" in url]
    for url in urls:
        name = f"dead letters {url.rpartition('/')[2]}"
        asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        waiting = int(asked["Attributes"]["ApproximateNumberOfMessages"])
        yield failed(name, f"{waiting} wait") if waiting else ok(name, "none")


def _new_objects(target: Target, name: str, layer: Layer, prefix: str, since: datetime) -> Iterator[Step]:
    bucket = target.settings.naming.bucket(layer)
    pages = target.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    found = [
        entry["Key"]
        for page in pages
        for entry in page.get("Contents", ())
        if entry["LastModified"] >= since.replace(microsecond=0)
    ]
    if found:
        yield failed(name, f"{len(found)}: {', '.join(found[:_SHOWN])}")
    else:
        yield ok(name, f"none came to {prefix}")
