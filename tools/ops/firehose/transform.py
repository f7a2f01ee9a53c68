"""Passes records through the deployed transform function, as Firehose would."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lakehouse.model.dataset import Dataset
from tools.ops.firehose.error_objects import Record, Stream
from tools.ops.target import OperationError, Target

_BATCH_BYTES = 512 * 1024
"""Data of one invocation: request and answer may have 6 MB, and what is packed grows.

https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
"""

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Ready:
    """A record that can be delivered."""

    record: Record
    dataset: Dataset


def transformed(
    target: Target, stream: Stream, records: Sequence[Record]
) -> tuple[list[Ready], list[Record]]:
    """Return what the function makes of records, and the records that it still refuses."""
    ready, refused = _invoke(target, stream, _batches(records))
    # A record may be refused because the answer of its batch would be too large; alone, it fits.
    alone = [record for record in refused if record.data.startswith(_GZIP)]
    again, still = _invoke(target, stream, ([record] for record in alone))
    return ready + again, [record for record in refused if record not in alone] + still


def _invoke(
    target: Target, stream: Stream, batches: Iterable[Sequence[Record]]
) -> tuple[list[Ready], list[Record]]:
    ready: list[Ready] = []
    refused: list[Record] = []
    datasets = {dataset.id: dataset for dataset in stream.datasets}
    for batch in batches:
        for record, answer in zip(batch, _answers(target, stream, batch), strict=True):
            if answer["result"] == "ProcessingFailed":
                refused.append(record)
            elif answer["result"] == "Ok":
                keys = answer.get("metadata", {}).get("partitionKeys")
                dataset = datasets[f"{keys['domain']}/{keys['dataset']}"] if keys else stream.datasets[0]
                ready.append(Ready(Record(record.position, b64decode(answer["data"])), dataset))
    return ready, refused


def _answers(target: Target, stream: Stream, batch: Sequence[Record]) -> list[dict[str, Any]]:
    settings = target.settings
    name = settings.naming.resource("stream_transform")
    arn = f"arn:aws:firehose:{settings.region}:{settings.account}:deliverystream/{stream.name}"
    records = [
        {"recordId": str(record.position), "data": b64encode(record.data).decode()} for record in batch
    ]
    event = {
        "invocationId": "lake-ops",
        "deliveryStreamArn": arn,
        "region": settings.region,
        "records": records,
    }
    answer = target.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
    document = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise OperationError(f"{name}: {document.get('errorMessage', document)}; fix: see its log")
    return list(document["records"])


def _batches(records: Sequence[Record]) -> Iterator[list[Record]]:
    batch: list[Record] = []
    size = 0
    for record in records:
        if batch and size + len(record.data) > _BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += len(record.data)
    if batch:
        yield batch
