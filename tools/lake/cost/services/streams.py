"""Kinesis Data Streams and Data Firehose."""

from collections.abc import Iterator

from tools.assembly.assembly import Resource
from tools.lake.cost.charges import HOURS, Charge, Spread, always, in_use
from tools.lake.cost.subject import LAKE, Arrivals, Subject

_DAY = 24
"""Hours for which records are kept at no extra price."""


def stream(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """A stream by its shards, or on demand.

    https://aws.amazon.com/kinesis/data-streams/pricing/
    """
    datasets = subject.of_stream(resource.name)
    owner = datasets[0] if len(datasets) == 1 else LAKE
    kept = resource.properties.get("RetentionPeriodHours", _DAY) - _DAY
    shards = resource.properties.get("ShardCount")
    if shards:
        yield Charge("kinesis_shard_hour", always(shards * HOURS), owner)
        if kept > 0:
            yield Charge("kinesis_shard_kept_hour", always(shards * HOURS), owner)
    else:
        yield Charge("kinesis_stream_hour", always(HOURS), owner)
    for name in datasets:
        yield from _records(subject.arrivals[name], name, bool(shards), max(kept, 0))
    if resource.properties.get("StreamEncryption"):
        _, low, high = subject.assumed("stream_key_requests_per_hour")
        requests = in_use(low * HOURS, high * HOURS) * (shards or 1)
        yield Charge("kms_request", requests * 1e-4, owner)


def _records(arrivals: Arrivals, name: str, provisioned: bool, kept: float) -> Iterator[Charge]:
    if provisioned:
        units = arrivals.gb_in_steps(25 * 1024) * (1e9 / (25 * 1024))
        yield Charge("kinesis_put_unit", units * 1e-6, name)
        return
    gb = arrivals.gb_in_steps(1024)
    yield Charge("kinesis_gb_in", gb, name)
    yield Charge("kinesis_gb_out", gb, name)
    yield Charge("kinesis_gb_kept", gb * (kept / HOURS), name)


def delivery(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """A delivery stream: by what it delivers, converts and partitions.

    https://aws.amazon.com/firehose/pricing/
    """
    destination = resource.properties.get("ExtendedS3DestinationConfiguration", {})
    converts = destination.get("DataFormatConversionConfiguration", {}).get("Enabled")
    partitions = destination.get("DynamicPartitioningConfiguration", {}).get("Enabled")
    for name in subject.of_stream(resource.name):
        arrivals = subject.arrivals[name]
        gb: Spread = arrivals.gb_in_steps(5 * 1024)
        yield Charge("firehose_gb", gb, name)
        if converts:
            yield Charge("firehose_parquet", gb, name)
        if partitions:
            yield Charge("firehose_partition", arrivals.gb, name)
            yield Charge("firehose_object", arrivals.objects * 1e-3, name)


RULES = {"AWS::Kinesis::Stream": stream, "AWS::KinesisFirehose::DeliveryStream": delivery}
