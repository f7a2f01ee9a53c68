"""Policies know whether a service asks for somebody, and by which endpoint of a VPC a request came.

ministack 1.5.33 knows neither `aws:ViaAWSService`, `aws:PrincipalIsAWSService` nor `aws:SourceVpce`. Here a
service that acts for its caller sends the first, everybody else that it is not so, and whoever adds to `WAYS`
says by which endpoint something came, whose policy has to allow the request, too.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html

Proven by `tests/local/patches/iam/test_origin.py`. Not emulated: `aws:CalledVia`; services that ask for
themselves, which ask IAM nothing here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.iam_evaluator import AuthError, EvalContext, EvalResult, PrincipalInfo
from ministack.core.responses import get_account_id
from ministack.services import sts

from local.patches.iam.roles import FORWARDED

Session = Mapping[str, Any]


@dataclass(frozen=True)
class Way:
    """How a request came to a service."""

    keys: Mapping[str, str] = field(default_factory=dict)
    """Condition keys that tell it."""
    policy: Any = None
    """What has to allow it beside the policies of who asks and of the resource; None: nothing."""
    refusal: str = ""
    """Why it cannot have come; empty if it can."""


WAYS: list[Callable[[Session, str], Way | None]] = []
"""Each says how a request came of which the session is known, and the action; None: that it does not know."""

UNREACHABLE = "EndpointConnectionError"
"""Code of the answer to what on AWS would wait for one in vain."""

_VIA_SERVICE = "kms:viaservice"
"""Is there where a service of the emulator asks KMS for its caller."""

_PASSING = "iam:PassRole"
"""What a service looks at by itself when it is handed a role."""

_enforce = iam_evaluator.enforce


def apply() -> None:
    """Complete what policies are asked with."""
    iam_evaluator.enforce = _enforce_with_origin


def _enforce_with_origin(
    access_key: str, action: str, service: str, region: str, resource_arn: str = "*", *rest: Any, **more: Any
) -> EvalResult | AuthError | None:
    [given] = rest or [more.get("service_context")]
    session = sts._sessions.get(access_key) or {}
    context = {key.lower(): value for key, value in (given or {}).items()}
    forwarded = bool(session.get(FORWARDED)) or _VIA_SERVICE in context
    known = {"aws:viaawsservice": str(forwarded).lower(), "aws:principalisawsservice": "false"}
    way = Way() if forwarded or action == _PASSING else _way(session, action)
    if way.refusal:
        return AuthError(UNREACHABLE, way.refusal)
    context = {**context, **known, **way.keys}
    answer: EvalResult | AuthError | None = _enforce(
        access_key, action, service, region, resource_arn, context
    )
    if answer is None and way.policy is not None:
        return _by_endpoint(access_key, _Asked(action, region, resource_arn, context), way.policy)
    return answer


@dataclass(frozen=True)
class _Asked:
    """What a request is about."""

    action: str
    region: str
    resource_arn: str
    service_context: dict[str, Any]


def _way(session: Session, action: str) -> Way:
    found = (way(session, action) for way in WAYS)
    return next((each for each in found if each is not None), Way())


def _by_endpoint(access_key: str, asked: _Asked, policy: Any) -> EvalResult | None:
    """The refusal of an endpoint's policy, None if it allows a request."""
    principal = iam_evaluator.resolve_principal(access_key, get_account_id())
    if not isinstance(principal, PrincipalInfo):
        raise TypeError(f"got {principal} of a caller who was let in")
    context = EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=principal.account,
        principal_keys=principal.keys,
        **vars(asked),
    )
    found = iam_evaluator.evaluate_resource_policy(policy, context)
    if found.decision == "Allow":
        return None
    found.principal_arn = principal.arn
    return found
