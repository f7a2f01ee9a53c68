"""What a local service is written with: a class with one method per operation of an AWS API."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from ministack.core.responses import get_account_id, get_region

from local.services.resource_type import OwnType, ResourceType

State = TypeVar("State")
Method = TypeVar("Method", bound=Callable[..., Any])

Request = Mapping[str, Any]
"""What a caller sent, as boto3 would name and type it."""

Resource = str | Callable[[Request], Iterable[str]] | None
"""ARNs that IAM is asked about: one with members of the request in braces, beside `{account}` and `{region}`,
or such a member alone; a function of the request; or None, for what `authorization` knows by itself."""


class Fault(Exception):
    """An error of the API.

    Args:
        code: Name of an error that the model has for the operation, or of the service's `common_errors`.
        message: What the caller reads.
        members: What the error's model has beside the message.
    """

    def __init__(self, code: str, message: str, **members: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.members = members


@dataclass(frozen=True)
class Operation:
    """What IAM is asked before a method runs."""

    resource: Resource
    passed_roles: Mapping[str, str] = field(default_factory=dict)


def operation(
    resource: Resource = None, *, passes_roles: Mapping[str, str] | None = None
) -> Callable[[Method], Method]:
    """Make a method answer the operation of its name: `create_flow` answers `CreateFlow`.

    It takes the request and returns the answer, both as boto3 names and types them. Requests to one account
    and region come one after the other, so it must neither wait for long nor call its own service.

    Args:
        resource: ARNs that IAM is asked about.
        passes_roles: Where the request names roles, in JMESPath, and the service principal that gets each:
            the caller needs `iam:PassRole`.
    """

    def mark(method: Method) -> Method:
        vars(method)["operation"] = Operation(resource, passes_roles or {})
        return method

    return mark


class Service(ABC, Generic[State]):
    """An AWS service in this process, with a state of its own in each account and region."""

    model: ClassVar[str]
    """Botocore's name of the service."""
    namespace: ClassVar[str] = ""
    """IAM's prefix of its actions, where it is not the name by which requests are signed."""
    common_errors: ClassVar[frozenset[str]] = frozenset()
    """Codes of errors that any operation may give, and that the model does not name."""
    resource_types: ClassVar[tuple[ResourceType | OwnType, ...]] = ()
    """CloudFormation types that it handles."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], tuple[State, threading.RLock]] = {}
        self._guard = threading.Lock()

    @abstractmethod
    def new_state(self) -> State:
        """Return what there is in an account and region that nobody has used."""

    def start(self) -> None:
        """Do what is to be done once, when the emulator has the service and no request has come."""

    @property
    def state(self) -> State:
        """What there is in the account and region of this request."""
        return self._place()[0]

    @property
    def lock(self) -> threading.RLock:
        """Held while a method answers; threads that a method starts take it before they touch the state."""
        return self._place()[1]

    def _place(self) -> tuple[State, threading.RLock]:
        with self._guard:
            key = get_account_id(), get_region()
            if key not in self._places:
                self._places[key] = self.new_state(), threading.RLock()
            return self._places[key]
