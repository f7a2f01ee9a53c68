"""What becomes of the records of one batch.

Each record is answered exactly once: delivered, with the bytes to deliver, or refused. Firehose puts what is
refused, as it came, under the error prefix.
https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html
"""

from base64 import b64decode, b64encode
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from stream_transform.objects import lines, single
from stream_transform.refusal import RefusedError

RESPONSE_BYTES = 6_000_000
"""Size of an answer that Lambda surely takes: its limit is 6 MB.

https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
"""

_ENVELOPE_BYTES = len('{"recordId": "", "result": "ProcessingFailed"}, ')
"""JSON of an answer beside its record id, data and keys, at most."""

_DATA_BYTES = len(', "data": "", ')

Answer = dict[str, Any]


@dataclass(frozen=True)
class Routes:
    """Where the records of one shared stream go."""

    member: str
    """Member of each record that names its dataset."""
    keys: Mapping[str, Mapping[str, Any]]
    """Members of an answer, by the dataset that a record names."""
    unpacks: bool
    """Whether a record may hold several objects, and be compressed."""

    @classmethod
    def of(cls, member: str, datasets: Iterable[str], *, unpacks: bool) -> Self:
        """Build the routes to datasets, each named `<domain>/<dataset>`.

        The keys become `!{partitionKeyFromLambda:…}` in Firehose's prefix.
        https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-s3bucketprefix.html
        """
        keys = {}
        for dataset in datasets:
            domain, name = dataset.split("/")
            keys[dataset] = {"metadata": {"partitionKeys": {"domain": domain, "dataset": name}}}
        return cls(member, keys, unpacks)

    def of_objects(self, objects: Iterable[dict[str, Any]]) -> Mapping[str, Any]:
        """Return the keys of a record by what its objects say.

        Raises:
            RefusedError: They name no dataset of the stream, or different ones.
        """
        found = {self._dataset(each) for each in objects}
        if len(found) > 1:
            raise RefusedError("objects of different datasets in one record")
        return self.keys[found.pop()]

    def _dataset(self, document: dict[str, Any]) -> str:
        dataset = document.get(self.member)
        if not isinstance(dataset, str) or dataset not in self.keys:
            raise RefusedError("no dataset of this stream")
        return dataset


@dataclass
class Answers:
    """What a batch is answered."""

    records: list[Answer] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)
    """Ids of the refused records by the reason."""


def answer(records: Sequence[Mapping[str, Any]], routes: Routes | None) -> Answers:
    """Answer each record of a batch, in order.

    What would make the answer larger than Lambda takes is refused: sent again, with fewer others, it fits.

    Args:
        records: `recordId` and `data` in base64.
        routes: Of a shared stream; None: the stream belongs to one dataset, and its records are unpacked.
    """
    answers = Answers()
    room = RESPONSE_BYTES - sum(_ENVELOPE_BYTES + len(record["recordId"]) for record in records)
    for record in records:
        try:
            body, keys = _transform(b64decode(record["data"]), routes)
            data = b64encode(body).decode()
            size = _DATA_BYTES + len(data) + len(str(keys))
            if size > room:
                raise RefusedError("the answer would be larger than Lambda takes")
            room -= size
            delivered = {"recordId": record["recordId"], "result": "Ok", "data": data, **keys}
            answers.records.append(delivered)
        except RefusedError as refusal:
            answers.records.append({"recordId": record["recordId"], "result": "ProcessingFailed"})
            answers.refused.setdefault(str(refusal), []).append(record["recordId"])
    return answers


def _transform(data: bytes, routes: Routes | None) -> tuple[bytes, Mapping[str, Any]]:
    """Return the bytes to deliver, ending with a newline, and what an answer says beside them.

    Raises:
        RefusedError: The record is not what its stream takes.
    """
    if routes is None or routes.unpacks:
        body, objects = lines(data)
    else:
        body, objects = data if data.endswith(b"\n") else data + b"\n", [single(data)]
        body = body.removeprefix(BOM_UTF8)
    return body, routes.of_objects(objects) if routes else {}
