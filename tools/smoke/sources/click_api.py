"""Posts a record to the API of its dataset, as anybody may."""

import http.client
import os
import ssl
from contextlib import closing
from http import HTTPStatus
from urllib.parse import urlsplit

from lakehouse.model.dataset import Dataset
from tools.ops.target import OperationError, Target

_STAGE = "live"
_TIMEOUT_SECONDS = 30


def send(target: Target, dataset: Dataset, record: bytes) -> str:
    """Post a record and return the address.

    Raises:
        OperationError: The API is missing, cannot be reached, or refused the record.
    """
    return _post(_api_url(target, dataset), record)


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
