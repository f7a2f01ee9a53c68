"""Requests to process bronze objects that a run would not look at: arrived late, or processed before.

Each is a JSON object such as `{"objects": ["<ingest partition>/<name>", …]}` that lies beside the
dataset's bronze objects, in a partition of the hour in which it was made. The state of the commit that
answers a request names it, so a run that was killed is followed by one that answers it again; and since
processing an object again changes nothing that is already there, so may two requests name the same one.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import replace

from lakehouse_etl.bronze.objects import PARTITIONS, WINDOW, BronzeObject, hour_of, is_partitioned, partition
from lakehouse_etl.bronze.state import State
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job.storage import Storage


class RequestError(RuntimeError):
    """A request cannot be understood."""


def with_requested(
    storage: Storage, dataset: Dataset, state: State, new: Iterable[BronzeObject]
) -> tuple[State, list[BronzeObject]]:
    """Return the state that knows all requests, and the new objects together with the requested ones.

    Objects that no longer exist are left out.

    Raises:
        RequestError: A request is damaged.
    """
    names = _open(storage, dataset.requests_location, state)
    wanted = {name for request in names for name in _read(storage, dataset.requests_location + request)}
    found = {item.name: item for item in (*existing(storage, dataset.bronze.location, wanted), *new)}
    known = state.requests | names
    return replace(state, requests=_recent(known)), [found[name] for name in sorted(found)]


def _open(storage: Storage, location: str, state: State) -> frozenset[str]:
    """Names of the requests that no run has answered yet."""
    after = location + _start(state.requests)
    listed = (item.uri.removeprefix(location) for item in storage.list(f"{location}{PARTITIONS}", after))
    return frozenset(name for name in listed if is_partitioned(name) and name not in state.requests)


def _start(requests: Iterable[str]) -> str:
    """Where listing begins: whoever makes a request names the hour in which it is written."""
    hours = [hour_of(name) for name in requests]
    if not hours:
        return ""
    return partition(max(hours) - WINDOW)


def _recent(requests: frozenset[str]) -> frozenset[str]:
    start = _start(requests)
    return frozenset(name for name in requests if name > start)


def _read(storage: Storage, uri: str) -> list[str]:
    try:
        with storage.open(uri) as file:
            names = json.loads(file.read())["objects"]
        for name in names:
            hour_of(name)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise RequestError(
            f'{uri}: got a request that cannot be read ({error}); allowed: {{"objects": [names of bronze '
            "objects relative to the dataset]}; fix: put a right one in its place"
        ) from error
    return list(names)


def existing(storage: Storage, location: str, wanted: Collection[str]) -> Iterable[BronzeObject]:
    """Return the objects of these names. List each partition once, however many of its objects are wanted."""
    for folder in sorted({name.rpartition("/")[0] for name in wanted}):
        for item in storage.list(f"{location}{folder}/", location):
            if item.uri.removeprefix(location) in wanted:
                yield BronzeObject.of(item, location)
