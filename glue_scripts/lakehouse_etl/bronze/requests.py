"""Requests to process bronze objects again, or late ones that a run would not look at.

Each is a JSON object such as `{"objects": ["<ingest partition>/<name>", …]}`, or `{"objects": "all"}`, that
lies beside the dataset's bronze objects, in a partition of the hour in which it was made, under a name that
no other has. What a requested object had put into silver and quarantine is replaced by what the contract
makes of it. The state of the commit that answers a request names it, so a run that was killed is followed by
one that answers it again.

`{"records": {"<ingest partition>/<name>": [<record hash>, …]}}` asks for some records of objects that were
processed before: the rows that these have put into silver are replaced, and all others stay.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from lakehouse_etl.bronze.objects import PARTITIONS, WINDOW, BronzeObject, hour_of, is_partitioned, partition
from lakehouse_etl.bronze.state import State
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job.storage import Storage

ALL = "all"
"""What stands in a request for every object that bronze has when the request is answered."""


class RequestError(RuntimeError):
    """A request cannot be understood."""


@dataclass(frozen=True)
class Again:
    """What was requested."""

    uris: frozenset[str] = frozenset()
    """Objects whose rows in silver count no more."""
    everything: bool = False
    """Whether these are all that bronze has."""
    records: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """Of objects of which not all rows count no more, by URI: the hashes of the records whose rows do not."""

    def __bool__(self) -> bool:
        """Whether anything that exists was requested."""
        return bool(self.uris)


def with_requested(
    storage: Storage, dataset: Dataset, state: State, new: Iterable[BronzeObject]
) -> tuple[State, list[BronzeObject], Again]:
    """Return the state that knows all requests, the new objects with the requested ones, and which these are.

    Objects that no longer exist are left out, and what they have put into tables stays.

    Raises:
        RequestError: A request is damaged.
    """
    names = _open(storage, dataset.requests_location, state)
    asked = [_read(storage, dataset.requests_location + request) for request in sorted(names)]
    everything = any(each.everything for each in asked)
    location = dataset.bronze.location
    wanted = {name for each in asked for name in (*each.names, *each.records)}
    again = list(_all(storage, location) if everything else existing(storage, location, wanted))
    found = {item.name: item for item in (*again, *new)}
    after = replace(state, requests=_recent(state.requests | names))
    objects = [found[name] for name in sorted(found)]
    records = {} if everything else _records(dataset, asked, {item.name for item in new})
    some = {item.uri: records[item.name] for item in again if item.name in records}
    return after, objects, Again(frozenset(item.uri for item in again), everything, some)


@dataclass(frozen=True)
class _Asked:
    """What one request asks for, by names of objects."""

    everything: bool = False
    names: frozenset[str] = frozenset()
    records: Mapping[str, frozenset[int]] = field(default_factory=dict)


def _records(dataset: Dataset, asked: Sequence[_Asked], new: Collection[str]) -> Mapping[str, frozenset[int]]:
    """Return the records that are asked for of objects which neither are new nor asked for as a whole.

    Changes of a table count together, and so does a version of a whole content.
    """
    if dataset.changes or dataset.write == "overwrite":
        return {}
    whole = frozenset(new).union(*(each.names for each in asked))
    found: dict[str, frozenset[int]] = {}
    for each in asked:
        for name in each.records.keys() - whole:
            found[name] = found.get(name, frozenset()) | each.records[name]
    return found


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
    # A request of a clock that is fast must not hide those that are made after it.
    now = datetime.now(UTC).replace(tzinfo=None)
    return partition(min(now, max(hours)) - WINDOW)


def _recent(requests: frozenset[str]) -> frozenset[str]:
    start = _start(requests)
    return frozenset(name for name in requests if name > start)


def _read(storage: Storage, uri: str) -> _Asked:
    try:
        with storage.open(uri) as file:
            document = json.loads(file.read())
        if document.get("objects") == ALL:
            return _Asked(everything=True)
        if "records" in document:
            records = {name: frozenset(map(int, hashes)) for name, hashes in document["records"].items()}
            asked = _Asked(records=records)
        else:
            asked = _Asked(names=frozenset(document["objects"]))
        for name in (*asked.names, *asked.records):
            hour_of(name)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise RequestError(
            f'{uri}: got a request that cannot be read ({error}); allowed: {{"objects": [names of bronze '
            f'objects relative to the dataset]}}, {{"objects": "{ALL}"}} or {{"records": {{name: [record '
            "hashes]}}; fix: put a right one in its place"
        ) from error
    return asked


def _all(storage: Storage, location: str) -> Iterable[BronzeObject]:
    for item in storage.list(f"{location}{PARTITIONS}", location):
        if is_partitioned(item.uri.removeprefix(location)):
            yield BronzeObject.of(item, location)


def existing(storage: Storage, location: str, wanted: Collection[str]) -> Iterable[BronzeObject]:
    """Return the objects of these names. List each partition once, however many of its objects are wanted."""
    for folder in sorted({name.rpartition("/")[0] for name in wanted}):
        for item in storage.list(f"{location}{folder}/", location):
            if item.uri.removeprefix(location) in wanted:
                yield BronzeObject.of(item, location)
