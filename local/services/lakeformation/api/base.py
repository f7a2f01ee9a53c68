"""What all operations of Lake Formation share: the state as the catalog is now, the caller, and pages."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ClassVar, TypeVar

from ministack.core.responses import get_account_id, get_region, request_scope

from local.patches.iam import roles
from local.services.lakeformation.lake import Lake, principal
from local.services.lakeformation.model.errors import LakeFormationError, invalid, lacking
from local.services.service import Fault, Request, Service, operation

Json = dict[str, Any]
Method = TypeVar("Method", bound=Callable[..., Any])
_PAGE = 100
_other: ContextVar[str] = ContextVar("_other", default="")
"""The account whose administrator asks about another one's catalog; empty for all other requests."""


class Base(Service[Lake]):
    """Lake Formation, as far as all of its operations need it."""

    model = "lakeformation"
    common_errors: ClassVar = frozenset({"AccessDeniedException", "EntityNotFoundException"})

    def __init__(self) -> None:
        super().__init__()
        self._every = threading.RLock()

    def _place(self) -> tuple[Lake, threading.RLock]:
        """The state with one lock for all accounts, since grants reach from one into another."""
        state, _ = super()._place()
        return state, self._every

    def new_state(self) -> Lake:
        """A new account's: everything is left to IAM."""
        return Lake(get_account_id())

    @property
    def lake(self) -> Lake:
        """The state, in step with the catalog."""
        self.state.observe()
        return self.state

    @property
    def caller(self) -> str | None:
        """ARN of the role or user whose request this is; None for root.

        For a catalog of another account it is the number of the caller's account.
        """
        return _other.get() or principal(roles.caller()["AWS_ACCESS_KEY_ID"])

    @contextmanager
    def acting_in(self, catalog: str) -> Iterator[None]:
        """Be in the catalog of an account, another one's as an administrator of one's own alone.

        Raises:
            LakeFormationError: The caller is none.
        """
        account = get_account_id()
        if catalog == account:
            yield
            return
        self.require_admin()
        with request_scope(catalog, get_region()):
            token = _other.set(account)
            try:
                yield
            finally:
                _other.reset(token)

    def require_admin(self) -> None:
        """Refuse who does not administer the data lake.

        Raises:
            LakeFormationError: The caller does not.
        """
        if self.caller is not None and not self.lake.is_admin(self.caller):
            raise lacking("Data Lake Administrator", "Catalog")


def answers(
    *, passes_roles: dict[str, str] | None = None, of_others: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a method an operation: refusals of the model become faults.

    Catalogs of other accounts are refused, unless the operation is emulated `of_others`.

    IAM knows no resources of Lake Formation, so each action is asked about `*`.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslakeformation.html
    """

    def mark(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def answered(service: Base, request: Request) -> Json:
            try:
                catalog = _catalog(request, of_others=of_others)
                with service.acting_in(catalog):
                    answer = dict(method(service, request) or {})
                    service.state.share()
                    return answer
            except LakeFormationError as error:
                raise Fault(error.code, str(error)) from error

        return operation(passes_roles=passes_roles)(answered)

    return mark


def page(name: str, found: Iterable[Any], request: Request) -> Json:
    """A part of a list, by `MaxResults` and `NextToken`."""
    items = list(found)
    start, size = int(request.get("NextToken") or 0), int(request.get("MaxResults") or _PAGE)
    more = {"NextToken": str(start + size)} if start + size < len(items) else {}
    return {name: items[start : start + size], **more}


def _catalog(request: Request, *, of_others: bool) -> str:
    """The account whose catalog a request is about."""
    own = get_account_id()
    others = sorted({*_catalogs(request)} - {own})
    if len(others) > 1 or (others and not of_others):
        raise invalid(f"Catalog {others[0]} is another account's, which is not emulated here")
    return others[0] if others else own


def _catalogs(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (str(value[key]) for key in ("CatalogId", "TableCatalogId") if key in value)
        value = [*value.values()]
    for inner in value if isinstance(value, list) else ():
        yield from _catalogs(inner)
