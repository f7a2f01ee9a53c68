"""What all operations of Lake Formation share: the state as the catalog is now, the caller, and pages."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, ClassVar, TypeVar

from ministack.core.responses import get_account_id

from local.patches.iam import roles
from local.services.lakeformation.lake import Lake, principal
from local.services.lakeformation.model.errors import LakeFormationError, invalid, lacking
from local.services.service import Fault, Request, Service, operation

Json = dict[str, Any]
Method = TypeVar("Method", bound=Callable[..., Any])
_PAGE = 100


class Base(Service[Lake]):
    """Lake Formation, as far as all of its operations need it."""

    model = "lakeformation"
    common_errors: ClassVar = frozenset({"AccessDeniedException", "EntityNotFoundException"})

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
        """ARN of the role or user whose request this is; None for root."""
        return principal(roles.caller()["AWS_ACCESS_KEY_ID"])

    def require_admin(self) -> None:
        """Refuse who does not administer the data lake.

        Raises:
            LakeFormationError: The caller does not.
        """
        if self.caller is not None and not self.lake.is_admin(self.caller):
            raise lacking("Data Lake Administrator", "Catalog")


def answers(
    *, passes_roles: dict[str, str] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a method an operation: refusals of the model become faults, catalogs of others are refused.

    IAM knows no resources of Lake Formation, so each action is asked about `*`.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslakeformation.html
    """

    def mark(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def answered(service: Base, request: Request) -> Json:
            try:
                _refuse_other_catalogs(request)
                return dict(method(service, request) or {})
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


def _refuse_other_catalogs(value: Any) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("CatalogId", "TableCatalogId") and inner != get_account_id():
                raise invalid(f"Catalog {inner} is another account's, which is not emulated")
            _refuse_other_catalogs(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_other_catalogs(inner)
