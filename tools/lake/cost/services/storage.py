"""S3: what lies there and what is asked of it, with the keys and the audit trail that requests need."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from config.naming import BUCKET_ROLES
from lakehouse.model.dataset import Dataset, Layer
from tools.assembly.assembly import Resource
from tools.lake.cost.charges import HOURS, NOTHING, Charge, Spread, always, in_use, total
from tools.lake.cost.subject import LAKE, Subject

REQUEST_METRICS = 16
"""Metrics of each configuration of request metrics, at most:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html"""

REPLICATION_METRICS = 4
"""Metrics of each replication rule: https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html"""

_SMALL_GB = 128 * 1024 / 1e9
"""Size below which S3 moves no object to a colder class:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html"""

_CLASSES = {"STANDARD_IA": "s3_infrequent_gb", "GLACIER_IR": "s3_glacier_ir_gb"}
_TRANSITIONS = {"STANDARD_IA": "s3_to_infrequent", "GLACIER_IR": "s3_to_glacier_ir"}


class Requests(NamedTuple):
    """Requests of a month for one dataset in one layer."""

    puts: Spread
    """PUT and LIST."""
    gets: Spread

    @property
    def all(self) -> Spread:
        """Both."""
        return self.puts.plus(self.gets)


def requests(subject: Subject, dataset: Dataset, layer: str) -> Requests:
    """Return what is asked of a layer's bucket for a dataset."""
    runs, looks = subject.all_runs[dataset.id], subject.looks(dataset.domain)
    if layer == Layer.BRONZE and dataset.ingestion:
        objects = subject.arrivals[dataset.id].objects
        return Requests(objects.plus(looks), objects)
    if layer == dataset.layer:
        gets = runs * subject.assumed("commit_gets")
        return Requests(
            runs * subject.assumed("commit_puts"), gets.plus(looks * subject.assumed("look_gets"))
        )
    return Requests(NOTHING, NOTHING)


def bucket(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """A bucket.

    https://aws.amazon.com/s3/pricing/
    """
    if configured := resource.properties.get("MetricsConfigurations", ()):
        metrics = subject.assumed("request_metrics") * _hours_asked(subject)
        yield Charge("cloudwatch_metric", metrics * len(configured), LAKE)
    yield from _replication(resource.properties)
    layer = next((each for each in Layer if subject.settings.naming.bucket(each) == resource.name), None)
    if layer is None:
        if resource.name not in {subject.settings.naming.bucket(role) for role in BUCKET_ROLES}:
            subject.strangers.add(resource.name)
        return
    for dataset in subject.lake.datasets:
        asked = requests(subject, dataset, layer)
        yield Charge("s3_put", asked.puts * 1e-3, dataset.id)
        yield Charge("s3_get", asked.gets * 1e-3, dataset.id)
        yield from _keys(resource.properties, asked, dataset, subject)
        yield from _lying(resource.properties, layer, dataset, subject)
        if _tells_events(resource.properties) and dataset.ingestion and layer == Layer.BRONZE:
            yield Charge("event", subject.arrivals[dataset.id].objects * 1e-6, dataset.id)


def _replication(properties: Mapping[str, Any]) -> Iterator[Charge]:
    """Metrics of rules, which come whether or not anything is replicated; what is copied leaves the region.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
    """
    for rule in properties.get("ReplicationConfiguration", {}).get("Rules", ()):
        if rule["Destination"].get("Metrics", {}).get("Status") == "Enabled":
            yield Charge("cloudwatch_metric", always(REPLICATION_METRICS), LAKE)


def _hours_asked(subject: Subject) -> Spread:
    """Share of all hours in which anything is asked for: one schedule starts all pipelines."""
    looks = (subject.looks(domain) for domain in subject.lake.domains)
    longest = max(looks, key=lambda each: each.high, default=NOTHING)
    return longest.at_most(always(HOURS)) * (1 / HOURS)


def _tells_events(properties: Mapping[str, Any]) -> bool:
    told = properties.get("NotificationConfiguration", {}).get("EventBridgeConfiguration", {})
    return bool(told.get("EventBridgeEnabled"))


def _keys(
    properties: Mapping[str, Any], asked: Requests, dataset: Dataset, subject: Subject
) -> Iterator[Charge]:
    """Requests of KMS, which a bucket key spares.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
    """
    for rule in properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", ()):
        if rule.get("ServerSideEncryptionByDefault", {}).get("SSEAlgorithm") == "aws:kms":
            share = subject.assumed("bucket_key_share" if rule.get("BucketKeyEnabled") else "plain_key_share")
            yield Charge("kms_request", asked.all * share * 1e-4, dataset.id)


def _stored(layer: Layer, dataset: Dataset, subject: Subject) -> Spread:
    """GB that a month adds to a layer."""
    gb = subject.gb(dataset)
    if layer == Layer.BRONZE and dataset.ingestion:
        return gb * subject.assumed("gzip_share")
    if layer == Layer.QUARANTINE and dataset.ingestion:
        return gb * subject.assumed("quarantined_share")
    if layer == dataset.layer:
        share = subject.assumed("superseded_share").plus(always(1))
        return gb * subject.assumed("parquet_share") * share
    return NOTHING


def _lying(
    properties: Mapping[str, Any], layer: Layer, dataset: Dataset, subject: Subject
) -> Iterator[Charge]:
    """What lies in the bucket by then, in which classes, and what moved it there."""
    added, written = _stored(layer, dataset, subject), requests(subject, dataset, layer).puts
    months = subject.assumed("months_kept")
    stays = Spread(*(min(each, _months(properties, dataset)) for each in months))
    steps = _steps(properties) if added.high > written.high * _SMALL_GB else _steps({})
    for (start, name), (end, _) in zip(steps, [*steps[1:], (float("inf"), "")], strict=True):
        here = Spread(*(max(0, min(each, end) - start) for each in stays))
        yield Charge(_CLASSES.get(name, "s3_standard_gb"), added * here, dataset.id)
        if name in _TRANSITIONS:
            reached = Spread(*(float(each > start) for each in stays))
            moved = in_use(written.low, written.high) * reached
            yield Charge(_TRANSITIONS[name], moved * 1e-3, dataset.id)


def _rules(properties: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rules = properties.get("LifecycleConfiguration", {}).get("Rules", ())
    return [each for each in rules if each.get("Status") == "Enabled"]


def _steps(properties: Mapping[str, Any]) -> list[tuple[float, str]]:
    """Months after which an object gets into a class, from the first one on."""
    moves = [
        (move["TransitionInDays"] / 30, move["StorageClass"])
        for rule in _rules(properties)
        if not rule.get("Prefix")
        for move in rule.get("Transitions", ())
    ]
    return [(0, ""), *sorted(moves)]


def _months(properties: Mapping[str, Any], dataset: Dataset) -> float:
    """Months after which objects of a dataset expire."""
    days = [
        rule["ExpirationInDays"]
        for rule in _rules(properties)
        if "ExpirationInDays" in rule and f"{dataset.id}/".startswith(rule.get("Prefix", ""))
    ]
    return min(days, default=float("inf")) / 30


def trail(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """Data events of objects; the first copy of management events is free.

    https://aws.amazon.com/cloudtrail/pricing/
    """
    if "AWS::S3::Object" not in str(resource.properties.get("AdvancedEventSelectors", "")):
        return
    for dataset in subject.lake.datasets:
        asked = total(requests(subject, dataset, layer).all for layer in Layer)
        yield Charge("cloudtrail_event", asked * 1e-6, dataset.id)


RULES = {"AWS::S3::Bucket": bucket, "AWS::CloudTrail::Trail": trail}
