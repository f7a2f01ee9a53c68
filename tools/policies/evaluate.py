"""Whether AWS allows a request, by the policies on both sides of it.

The rules are those of
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html within one account;
policies of an organization and of sessions are not known here. The engine is the embedded AWS's own, so that
what is computed is what the laptop enforces; who asks knows this module alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ministack.core.iam_evaluator import (
    EvalContext,
    combine_resource_policy,
    evaluate,
    evaluate_resource_policy,
    parse_policy_document,
)

from tools.assembly.policies import Document, Role
from tools.policies.conditions import exact, unmet

_NOBODY = "arn:aws:iam::999999999999:role/nobody"
"""As whom the engine sees a service, which is no principal of any account."""
_NEEDS_ITS_POLICY = ("kms:", "sts:AssumeRole")
"""Requests that the policy of the resource must allow even to the account's own principals.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""


@dataclass(frozen=True)
class Identity:
    """A role or user that asks, with all that bounds it."""

    arn: str
    """Of the role itself, not of a session."""
    policies: tuple[Document, ...] = ()
    boundary: Document | None = None
    unknown: tuple[str, ...] = ()
    """Policies of it whose text is not known."""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """What is asked, by whom, and what stands beside the resource."""

    action: str
    resource: str
    caller: Identity | str
    """An identity, or the principal of a service such as `logs.eu-west-1.amazonaws.com`."""
    keys: Mapping[str, Any] = field(default_factory=dict)
    """Condition keys that are sent; those that follow from the caller need not be given."""
    policy: Document | None = None
    """The policy of the resource: of a key, bucket, queue, topic or function; of a role, its trust policy."""


@dataclass(frozen=True)
class Decision:
    """The answer to a request."""

    allowed: bool
    why: str
    """For people: what allowed it, or what is missing."""
    known: bool = True
    """False where a policy whose text is not known could change the answer."""


def identity(role: Role) -> Identity:
    """Return who asks when a role of the templates does."""
    tags = {str(each["Key"]): str(each["Value"]) for each in role.resource.properties.get("Tags", ())}
    return Identity(role.arn, role.policies, role.boundary, role.unknown, tags)


def allowed(request: Request) -> Decision:
    """Decide on a request.

    An explicit deny anywhere wins. A service that asks for itself needs the resource's policy. An identity
    needs its own policies or the resource's, within its boundary; keys and roles need theirs in any case.
    """
    if isinstance(request.caller, str):
        return _of_service(request, request.caller)
    return _of_identity(request, request.caller)


def _of_service(request: Request, service: str) -> Decision:
    own = {"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": service}
    keys = {**own, "aws:ViaAWSService": "false", **request.keys}
    context = _context(request, _NOBODY, keys)
    document = exact(request.policy or {}, keys)
    found = evaluate_resource_policy(document, context, service=service)
    if found.decision == "Allow":
        return Decision(True, f"the resource's policy allows it{_named(found.matched_sid)}")
    if found.decision == "Deny":
        return Decision(False, f"the resource's policy denies it{_named(found.matched_sid)}")
    if not request.policy:
        return Decision(False, "the resource has no policy that lets a service in")
    hints = _near(document, context, service)
    return Decision(False, f"no statement of the resource's policy allows it{hints}")


def _of_identity(request: Request, caller: Identity) -> Decision:
    tags = {f"aws:PrincipalTag/{name}": value for name, value in caller.tags.items()}
    usual = {"aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false"}
    keys = {**usual, "aws:PrincipalArn": caller.arn, **tags, **request.keys}
    context = _context(request, caller.arn, keys)
    own = [parse_policy_document(exact(each, keys)) for each in caller.policies]
    limits = [] if caller.boundary is None else [[parse_policy_document(exact(caller.boundary, keys))]]
    document = exact(request.policy, keys) if request.policy is not None else None
    alone = evaluate(context, own)
    identity = evaluate(context, own, *limits)
    owner = next(iter(request.resource.split(":")[4:5]), "")
    required = request.action.startswith(_NEEDS_ITS_POLICY)
    found = combine_resource_policy(
        identity, context, document, owner or None, required=required, limits=tuple(limits)
    )
    known = not caller.unknown
    if found.decision == "Allow":
        return Decision(True, f"allowed{_named(found.matched_sid)}", known)
    if found.decision == "Deny":
        denied_by = {"": "a policy of the caller"}.get(found.resource_policy_arn, "the resource's policy")
        if not found.resource_policy_arn and alone.decision != "Deny":
            denied_by = "the caller's boundary"
        return Decision(False, f"{denied_by} denies it{_named(found.matched_sid)}")
    return Decision(False, _missing(caller, document, context, alone.decision, identity.decision), known)


def _missing(
    caller: Identity, document: Document | None, context: EvalContext, alone: str, bounded: str
) -> str:
    if bounded == "Allow":
        if document is None:
            return "the resource has no policy, and this one needs one"
        return f"the resource's policy does not allow it{_near(document, context, None)}"
    if alone == "Allow":
        return "the caller's policies allow it, its boundary does not"
    hints = "".join(_near(each, context, None, principals=False) for each in caller.policies)
    return f"no policy of the caller allows it{hints}"


def _context(request: Request, principal: str, keys: Mapping[str, Any]) -> EvalContext:
    return EvalContext(
        principal_arn=principal,
        principal_type="AssumedRole",
        principal_account=principal.split(":")[4],
        action=request.action,
        resource_arn=request.resource,
        region=str(keys.get("aws:RequestedRegion", "")),
        source_ip=str(keys.get("aws:SourceIp", "")),
        secure_transport=True,  # AWS's services and tools use TLS
        service_context={key.lower(): value for key, value in keys.items()},
    )


def _named(statement: str) -> str:
    return f" by its statement {statement}" if statement else ""


def _near(document: Document, context: EvalContext, service: str | None, *, principals: bool = True) -> str:
    """Tell which statements would allow it but for a condition: those with the fewest keys that fail."""
    found = [
        (statement.get("Sid") or "a statement", keys)
        for statement in _statements(document)
        if statement.get("Effect") == "Allow" and (keys := unmet(statement, context))
        if _allows({**statement, "Condition": {}}, context, service, principals)
    ]
    least = min((len(keys) for _, keys in found), default=0)
    hints = dict.fromkeys(
        f"; {name} does but for its condition on {', '.join(keys)}"
        for name, keys in found
        if len(keys) == least
    )
    return "".join(hints)


def _allows(statement: Document, context: EvalContext, service: str | None, principals: bool) -> bool:
    document = {"Statement": [statement]}
    if not principals:
        return bool(evaluate(context, [parse_policy_document(document)]).decision == "Allow")
    return bool(evaluate_resource_policy(document, context, service=service).decision == "Allow")


def _statements(document: Document) -> Iterator[Document]:
    found = document.get("Statement", [])
    yield from [found] if isinstance(found, Mapping) else found
