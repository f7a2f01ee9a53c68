"""What DMS keeps in an account and region, and how its lists are filtered and paged."""

import random
import string
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ministack.core.responses import get_account_id, get_region

from local.services.service import Fault, Request

Json = dict[str, Any]
Table = tuple[str, str]
"""Schema and name of a table of the source."""

_PAGE = 100
_ARN_CHARACTERS = string.ascii_uppercase + string.digits


@dataclass
class Replication:
    """What a replication configuration has done so far."""

    status: str = "created"
    start_type: str = ""
    stop_reason: str = ""
    failures: list[str] = field(default_factory=list)
    written: dict[Table, int] = field(default_factory=dict)
    """How many changes of each table are in the target: where processing resumes."""
    loaded: set[Table] = field(default_factory=set)
    times: dict[str, datetime] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass
class State:
    """Everything by the name or ARN that requests use."""

    subnet_groups: dict[str, Json] = field(default_factory=dict)
    endpoints: dict[str, Json] = field(default_factory=dict)
    configs: dict[str, Json] = field(default_factory=dict)
    replications: dict[str, Replication] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)

    def tag(self, arn: str, request: Request) -> None:
        """Keep the tags that a request to create something has."""
        self.tags[arn] = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}


def new_arn(kind: str, request: Request) -> str:
    """Return an ARN that ends as the request says, or in 26 random characters."""
    random_end = "".join(random.choices(_ARN_CHARACTERS, k=26))  # noqa: S311 (no secret)
    return arn(kind, request.get("ResourceIdentifier") or random_end)


def arn(kind: str, name: str) -> str:
    """Return the ARN of something in the account and region of this request."""
    return f"arn:aws:dms:{get_region()}:{get_account_id()}:{kind}:{name}"


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def existing(found: Mapping[str, Json], name: str) -> Json:
    """Return what there is of a name or ARN.

    Raises:
        Fault: There is no such thing.
    """
    if name not in found:
        raise Fault("ResourceNotFoundFault", f"{name} does not exist")
    return found[name]


def refuse_twin(found: Iterable[Json], member: str, name: str) -> None:
    """Refuse a name that is taken.

    Raises:
        Fault: Something has this name.
    """
    if any(each[member] == name for each in found):
        raise Fault("ResourceAlreadyExistsFault", f"{member} {name} exists already")


def page(found: Iterable[Json], request: Request, filters: Mapping[str, str], result: str) -> Json:
    """Return a part of a list, as the request filters and pages it.

    Args:
        found: All there is.
        request: With `Filters`, `MaxRecords` and `Marker`.
        filters: Members by the names of filters.
        result: Name of the list in the answer.

    Raises:
        Fault: A filter is unknown, or nothing passes the filters.
    """
    items = list(found)
    for each in request.get("Filters", []):
        if each["Name"] not in filters:
            allowed = ", ".join(filters)
            message = f"{each['Name']} is no filter, only {allowed}"
            raise Fault("InvalidParameterValueException", message)
        items = [item for item in items if item[filters[each["Name"]]] in each["Values"]]
    if request.get("Filters") and not items:
        raise Fault("ResourceNotFoundFault", "nothing passes the filters")
    start = int(request.get("Marker") or 0)
    end = start + request.get("MaxRecords", _PAGE)
    return {result: items[start:end], **({"Marker": str(end)} if end < len(items) else {})}
