"""IAM in front of local services: which action and resources a request is about, and whether its caller may.

Where an operation's method does not tell the ARNs, they are those that the request must have, of a type that
the action has in the service authorization reference, as cfn-lint ships it. An action without resource types
is asked about `*`, as on AWS. Where no ARN is known, the action is asked as `unrecognized:…`, which policies
allow by `*` alone.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html

Not emulated: condition keys of the services themselves, and `aws:ResourceTag`.
"""

import json
import re
import uuid
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jmespath
from botocore.model import OperationModel
from ministack import app
from ministack.core.iam_actions import access_denied_response, identity_denial_message, request_tag_context
from ministack.core.iam_evaluator import AuthError, enforce
from ministack.core.responses import get_account_id, get_region
from ministack.core.router import extract_access_key_id

from local.patches.iam.request_operations import UNRECOGNIZED
from local.services.model import UnsuitableServiceError
from local.services.service import Operation, Request
from local.services.wire import Incoming, Response

_PASSING = "iam:PassRole"


@cache
def _reference() -> dict[str, Any]:
    """Actions and resource types of each IAM namespace."""
    spec = find_spec("cfnlint")
    if spec is None or spec.submodule_search_locations is None:
        raise RuntimeError("cfn-lint is not installed; install requirements-dev.txt")
    place = Path(spec.submodule_search_locations[0]) / "data" / "AdditionalSpecs" / "Policies.json"
    return dict(json.loads(place.read_text()))


class Authorization:
    """What IAM is asked about the operations of one service.

    Args:
        scope: Name by which requests to the service are signed.
        namespace: IAM's prefix of its actions.

    Raises:
        UnsuitableServiceError: IAM knows no such prefix.
    """

    def __init__(self, scope: str, namespace: str) -> None:
        if namespace not in _reference():
            raise UnsuitableServiceError(
                f"{scope}: IAM knows no prefix {namespace}: set `namespace` to one of the service "
                "authorization reference"
            )
        self._scope = scope
        self._namespace = namespace

    def check(self, model: OperationModel, operation: Operation) -> None:
        """See that resources can be told for an operation.

        Raises:
            UnsuitableServiceError: They cannot: no ARN is declared, and none follows from the model.
        """
        if isinstance(operation.resource, str):
            members = set(model.input_shape.members) if model.input_shape else set()
            unknown = set(re.findall(r"\{(\w+)\}", operation.resource)) - members - {"account", "region"}
            if unknown:
                raise UnsuitableServiceError(
                    f"{self._scope}: the ARN of {model.name} names {', '.join(sorted(unknown))}; the request "
                    f"has {', '.join(sorted(members))}"
                )
        elif operation.resource is None and not self._tells_resources(model):
            raise UnsuitableServiceError(
                f"{self._scope}: {model.name} acts on a resource whose ARN the request need not have: tell "
                "it in @operation(…), or '*' if the service authorization reference names no resource"
            )

    def refusal(
        self, model: OperationModel, operation: Operation, request: Request, incoming: Incoming
    ) -> Response | None:
        """Return the answer for a caller who may not do this, None if they may."""
        caller = extract_access_key_id(incoming.headers, incoming.query)
        action = f"{self._namespace}:{model.name}"
        context = request_tag_context(self._scope, action, incoming.body, {})
        for name, arn in self._asked(model, operation, request, action):
            if refused := self._ask(caller, name, arn, context, incoming):
                return refused
        for place, principal in operation.passed_roles.items():
            passed = {"iam:passedtoservice": principal.format(region=get_region())}
            role = jmespath.search(place, request)
            if role and (refused := self._ask(caller, _PASSING, role, passed, incoming)):
                return refused
        return None

    def _asked(
        self, model: OperationModel, operation: Operation, request: Request, action: str
    ) -> Iterator[tuple[str, str]]:
        """Pairs of action and ARN; all must be allowed."""
        arns = [*self._arns(model, operation, request)]
        yield from ((action, arn) for arn in arns)
        if not arns:
            yield f"{UNRECOGNIZED}{action} on a resource that the request does not tell", "*"

    def _arns(self, model: OperationModel, operation: Operation, request: Request) -> Iterable[str]:
        if callable(operation.resource):
            return operation.resource(request)
        if operation.resource is not None:
            return _filled(operation.resource, request)
        formats = self._formats(model.name)
        if formats == []:
            return ["*"]
        named = [str(request.get(member)) for member in _arn_members(model)]
        known = all(any(form.fullmatch(arn) for form in formats or ()) for arn in named)
        return named if known else []

    def _tells_resources(self, model: OperationModel) -> bool:
        formats = self._formats(model.name)
        return formats == [] or (formats is not None and bool(_arn_members(model)))

    def _formats(self, operation: str) -> list[re.Pattern[str]] | None:
        """Forms of ARNs that the action takes; None if the reference does not know the action."""
        known = _reference()[self._namespace]
        action = known["Actions"].get(operation.lower())
        if action is None:
            return None
        kinds = [known["Resources"][kind.lower()] for kind in action.get("Resources", [])]
        return [_form(text) for kind in kinds for text in kind["ARNFormats"]]

    def _ask(
        self, caller: str, action: str, arn: str, context: dict[str, Any], incoming: Incoming
    ) -> Response | None:
        service = action.partition(":")[0]
        denied = enforce(caller, action, service, get_region(), resource_arn=arn, service_context=context)
        if denied is None:
            return None
        request_id = str(uuid.uuid4())
        headers = dict(incoming.headers)
        if isinstance(denied, AuthError):
            failure: Response = app._credential_failure(self._scope, action, request_id, denied, headers)
            return failure
        explicit = denied.decision == "Deny"
        message = identity_denial_message(action, denied.principal_arn, arn, explicit)
        answer: Response = access_denied_response(
            self._scope, action, denied.principal_arn, request_id, headers=headers, message=message
        )
        return answer


def _filled(arn: str, request: Request) -> list[str]:
    """The ARN with the members of a request; none if the request lacks one."""
    names = set(re.findall(r"\{(\w+)\}", arn)) - {"account", "region"}
    if any(not request.get(name) for name in names):
        return []
    places = {"account": get_account_id(), "region": get_region()}
    return [arn.format(**places, **{name: request[name] for name in names})]


def _arn_members(model: OperationModel) -> list[str]:
    """Members that hold an ARN, and that every request has."""
    required = model.input_shape.required_members if model.input_shape else []
    return [name for name in required if name.lower().endswith("arn")]


def _form(text: str) -> re.Pattern[str]:
    """A form of the reference, where `${…}` stands for a name, and `*` or `.*` for the rest."""
    pieces = re.split(r"(\$\{\w+\}|\.?\*)", text)
    return re.compile("".join(".*" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces)))
