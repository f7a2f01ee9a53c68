"""Asks the policies of synthesized templates what AWS would ask them, by the rules of IAM."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ministack.core.iam_evaluator import (
    EvalContext,
    evaluate,
    evaluate_resource_policy,
    parse_policy_document,
)


@dataclass(frozen=True)
class Request:
    """What a service sends, and as whom."""

    action: str
    resource: str = "*"
    keys: Mapping[str, str] = field(default_factory=dict)
    """Condition keys that are present, such as `aws:SourceAccount`."""
    service: str | None = None
    """Principal of the service, if it asks for itself."""
    caller: str = "arn:aws:sts::999999999999:assumed-role/nobody/session"
    """Principal for whom the service asks otherwise."""


def literal(value: Any, stack: str = "") -> Any:
    """A template's value with its references put as `<stack.id>`."""
    match value:
        case {"Ref": name}:
            found: Any = {"AWS::Partition": "aws"}.get(name, f"<{stack}.{name}>")
        case {"Fn::GetAtt": [name, attribute]}:
            found = f"<{stack}.{name}.{attribute}>"
        case {"Fn::Join": [separator, parts]}:
            found = separator.join(literal(part, stack) for part in parts)
        case {"Fn::GetStackOutput": {"StackName": name, "OutputName": output}}:
            found = f"<{name}.{output}>"
        case dict():
            found = {key: literal(inner, stack) for key, inner in value.items()}
        case list():
            found = [literal(inner, stack) for inner in value]
        case _:
            found = value
    return found


def is_allowed_by_role(documents: Iterable[Mapping[str, Any]], request: Request) -> bool:
    """Whether the policies of a role allow a request."""
    statements = [parse_policy_document(dict(document)) for document in documents]
    return bool(evaluate(_context(request), statements).decision == "Allow")


def is_allowed_by_resource(document: Mapping[str, Any], request: Request) -> bool:
    """Whether a resource's policy itself allows a request, without leaving it to the account's IAM."""
    decision = evaluate_resource_policy(
        dict(document), _context(request), service=request.service, named_only=request.service is None
    )
    return bool(decision.decision == "Allow")


def is_denied_by_resource(document: Mapping[str, Any], request: Request) -> bool:
    """Whether a resource's policy refuses a request, whatever else allows it."""
    return bool(evaluate_resource_policy(dict(document), _context(request)).decision == "Deny")


def _context(request: Request) -> EvalContext:
    return EvalContext(
        principal_arn=request.caller,
        principal_type="AssumedRole",
        principal_account=request.caller.split(":")[4],
        action=request.action,
        resource_arn=request.resource,
        region="",
        secure_transport=True,
        service_context={key.lower(): value for key, value in request.keys.items()},
    )
