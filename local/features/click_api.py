"""Posts records to the API of a dataset, as its senders do: over HTTPS, without credentials."""

import http.client
import json
import ssl
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from config.naming import Naming
from lakehouse.model.dataset import Dataset
from local.emulator.launcher import EmbeddedAws
from local.feed.features import LocalFeature
from local.lake.lake import LakeError, LocalLake
from stacks.features.click_api.source import page_path

_STAGE = "live"
_RETRY_SECONDS = 0.5
_TRIES = 20
_POSTED = 100
"""First records of a dataset that are posted; the others take the short way, onto its stream.

A post takes about 16 ms.
"""

_PASSING = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class ApiError(RuntimeError):
    """There is no such API, or it answered what it must not."""


@dataclass(frozen=True)
class Answer:
    """What an API said to one record."""

    record: bytes
    status: int
    message: str
    """Every text of the answer, the reason of a refusal among them."""


def api_url(aws: EmbeddedAws, naming: Naming, dataset: Dataset) -> str:
    """Return the address of a dataset's API, where its page is, with a slash at its end.

    Raises:
        ApiError: Nothing is deployed for this dataset.
    """
    name = naming.resource(dataset.domain, dataset.name)
    pages = aws.client("apigateway").get_paginator("get_rest_apis").paginate()
    ids = [api["id"] for page in pages for api in page["items"] if api["name"] == name]
    if len(ids) != 1:
        raise ApiError(f"{len(ids)} APIs are called {name}; one should be deployed for {dataset.id}")
    return f"{aws.endpoint}/restapis/{ids[0]}/{_STAGE}/_user_request_/"


def post(aws: EmbeddedAws, url: str, records: Iterable[bytes]) -> Iterator[Answer]:
    """Post records one after another, in order, and yield what became of each.

    Raises:
        ApiError: The API went on answering that it has no room.
    """
    place = urlsplit(url)
    trust = ssl.create_default_context(cafile=aws.environment()["AWS_CA_BUNDLE"])
    connection = http.client.HTTPSConnection(place.netloc, timeout=60, context=trust)
    with closing(connection):
        for record in records:
            yield _post_one(connection, place.path, record)


def _post_one(connection: http.client.HTTPSConnection, path: str, record: bytes) -> Answer:
    for _ in range(_TRIES):
        connection.request("POST", path, record, {"Content-Type": "application/json"})
        response = connection.getresponse()
        text = response.read().decode()
        if response.status not in _PASSING:
            return Answer(record, response.status, " ".join(json.loads(text).values()))
        time.sleep(_RETRY_SECONDS)
    raise ApiError(f"POST {path} answered {response.status} {_TRIES} times: {text}")


class _ClickApi(LocalFeature):
    """Posts the first records of a dataset, as guests do, and shows its page."""

    def bring(self, lake: LocalLake, dataset: Dataset, records: Sequence[bytes]) -> list[bytes]:
        """Post `_POSTED` records; those that the API refuses must be refused by silver, too."""
        try:
            url = api_url(lake.aws, lake.naming, dataset) + dataset.name
            answers = list(post(lake.aws, url, records[:_POSTED]))
        except ApiError as error:
            raise LakeError(str(error)) from error
        odd = [answer for answer in answers if answer.status not in (HTTPStatus.OK, HTTPStatus.BAD_REQUEST)]
        if odd:
            raise LakeError(f"the API of {dataset.id} answered {odd[0].status}, {odd[0].message}")
        refused = [answer.record for answer in answers if answer.status == HTTPStatus.BAD_REQUEST]
        return [*refused, *records[_POSTED:]]

    def addresses(self, lake: LocalLake) -> dict[str, str]:
        """Return the pages that APIs show, by their datasets."""
        shown = [dataset for dataset in lake.sources if page_path(dataset)]
        return {f"the page of {dataset.id}": api_url(lake.aws, lake.naming, dataset) for dataset in shown}


FEATURE = _ClickApi()
