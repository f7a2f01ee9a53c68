"""The ways into the lake: which datasets stand for them, and how a record is sent on each."""

import http.client
import os
import ssl
from collections.abc import Iterable
from contextlib import closing
from http import HTTPStatus
from urllib.parse import urlsplit

from lakehouse.layout.streams import stream_name
from lakehouse.model.dataset import Dataset, Mode, Write
from lakehouse.model.table_rules import Metric, Severity
from tools.ops.target import OperationError, Target
from tools.smoke.probe import Probe

_STAGE = "live"
_TIMEOUT_SECONDS = 30


def way(dataset: Dataset) -> str:
    """Name the way on which records of a source dataset come."""
    ingestion = dataset.ingestion
    if ingestion is None:
        raise ValueError(f"{dataset.id} is a gold product: nothing sends records to it")
    match ingestion.mode:
        case Mode.STREAM:
            return "shared stream" if ingestion.stream else f"stream, {ingestion.format}"
        case Mode.FILES:
            return f"files, {ingestion.format}"
        case Mode.CDC:
            return "changes of a table"
        case Mode.API:
            return "API"


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
        OperationError: The API of the dataset is missing or refused the record.
        ClientError: AWS refused it.
    """
    dataset, naming = probe.dataset, target.settings.naming
    if dataset.ingestion is None or dataset.ingestion.mode in (Mode.FILES, Mode.CDC):
        bucket, key = naming.bucket("landing"), f"{dataset.id}/{name}"
        target.client("s3").put_object(Bucket=bucket, Key=key, Body=probe.body)
        return f"s3://{bucket}/{key}"
    if dataset.ingestion.mode is Mode.API:
        return _post(_api_url(target, dataset), probe.body)
    stream = stream_name(dataset, naming)
    target.client("kinesis").put_record(StreamName=stream, Data=probe.body, PartitionKey="lake-smoke")
    return f"stream {stream}"


def _api_url(target: Target, dataset: Dataset) -> str:
    client = target.client("apigateway")
    name = target.settings.naming.resource(dataset.domain, dataset.name)
    pages = client.get_paginator("get_rest_apis").paginate()
    ids = [api["id"] for page in pages for api in page["items"] if api["name"] == name]
    if len(ids) != 1:
        raise OperationError(f"{len(ids)} APIs are called {name}; one should be deployed")
    endpoint = client.meta.endpoint_url
    if endpoint.endswith(".amazonaws.com"):
        region = target.settings.region
        return f"https://{ids[0]}.execute-api.{region}.amazonaws.com/{_STAGE}/{dataset.name}"
    return f"{endpoint}/restapis/{ids[0]}/{_STAGE}/_user_request_/{dataset.name}"  # an embedded AWS


def _post(url: str, record: bytes) -> str:
    place = urlsplit(url)
    trust = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE"))
    connection = http.client.HTTPSConnection(place.netloc, timeout=_TIMEOUT_SECONDS, context=trust)
    try:
        with closing(connection):
            connection.request("POST", place.path, record, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
    except OSError as error:
        raise OperationError(f"{url} cannot be reached: {error}") from error
    if answer.status != HTTPStatus.OK:
        raise OperationError(f"{url} answered {answer.status}: {text}")
    return url
