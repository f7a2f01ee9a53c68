"""The ways into the lake: which datasets stand for them, and how a record is sent on each."""

from collections.abc import Iterable

from lakehouse.layout.streams import stream_name
from lakehouse.model.dataset import Content, Dataset, Mode, Write
from lakehouse.model.table_rules import Metric, Severity
from stacks.features.registry import switched_on
from tools.ops.target import Target
from tools.smoke.probe import Probe
from tools.smoke.sources import sender


def way(dataset: Dataset) -> str:
    """Name the way on which records of a source dataset come."""
    ingestion = dataset.ingestion
    if ingestion is None:
        raise ValueError(f"{dataset.id} is a gold product: nothing sends records to it")
    if ingestion.source is not None and sender(dataset) is not None:
        return ingestion.source.feature
    if ingestion.mode is Mode.STREAM:
        return "shared stream" if ingestion.stream else f"stream, {ingestion.format}"
    return "changes of a table" if ingestion.content is Content.CHANGES else f"files, {ingestion.format}"


def one_of_each(datasets: Iterable[Dataset]) -> list[Dataset]:
    """Choose a dataset for each way, in as few domains as come together.

    One that a record may harm (see `why_not`) stands for a way only if there is no other, and one that is
    replaced as a whole by what is sent to it never.
    """
    chosen: dict[str, Dataset] = {}
    domains: set[str] = set()
    candidates = [each for each in datasets if each.ingestion and not replaces(each)]
    while missing := [each for each in candidates if way(each) not in chosen]:
        counts = {
            each.domain: len({way(one) for one in missing if one.domain == each.domain}) for each in missing
        }
        best = min(
            missing,
            key=lambda each: (
                why_not(each) is not None,
                each.domain not in domains,
                -counts[each.domain],
                each.id,
            ),
        )
        chosen[way(best)] = best
        domains.add(best.domain)
    return sorted(chosen.values(), key=lambda each: each.id)


def why_not(dataset: Dataset, *, named: bool = False) -> str | None:
    """Tell why no record is sent to a dataset, None if one is; `named`: somebody asks for this very one.

    No record can be made so that it keeps a rule in SQL about its whole table, and a gate that it shut would
    stay shut for all.
    """
    if replaces(dataset):
        return "one record would replace all others of it"
    if not named and any(
        rule.metric is Metric.SQL and rule.severity is Severity.ERROR for rule in dataset.rules
    ):
        return (
            f"it may break a rule in SQL about the table, and shut its gate: --dataset {dataset.id} tries it"
        )
    return None


def replaces(dataset: Dataset) -> bool:
    """Whether one record would replace all others of the dataset."""
    return dataset.write is Write.OVERWRITE


def send(target: Target, probe: Probe, name: str) -> str:
    """Send a record on the way of its dataset, a file under this name, and tell where to.

    Raises:
        OperationError: The feature that brings the dataset's records is missing or refused the record.
        ClientError: AWS refused it.
    """
    dataset, naming = probe.dataset, target.settings.naming
    module = sender(dataset)
    source = dataset.ingestion.source if dataset.ingestion else None
    if module and source and source.feature in switched_on(target.settings.features):
        return str(module.send(target, dataset, probe.body))
    if dataset.ingestion is None or dataset.ingestion.mode is Mode.FILES:
        bucket, key = naming.bucket("landing"), f"{dataset.id}/{name}"
        target.client("s3").put_object(Bucket=bucket, Key=key, Body=probe.body)
        return f"s3://{bucket}/{key}"
    stream = stream_name(dataset, naming)
    target.client("kinesis").put_record(StreamName=stream, Data=probe.body, PartitionKey="lake-smoke")
    return f"stream {stream}"
