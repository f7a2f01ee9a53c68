"""Conditions of policies, as AWS compares them where the engine is not as exact."""

from collections.abc import Iterator, Mapping
from typing import Any

from ministack.core.iam_evaluator import EvalContext, _conditions_met, fnmatch_iam_cs

_PARTS = 6
"""Of an ARN; the last one keeps its colons."""


def exact(document: Mapping[str, Any], keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return a policy whose conditions on ARNs the engine decides as AWS does.

    AWS compares each of the six parts of an ARN by itself, so a wildcard of one does not reach into the next:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    The engine compares texts. So a pattern is replaced by the value that is sent if it matches, and by one
    that is never sent if not.
    """
    sent = {key.lower(): value for key, value in keys.items()}
    found = document.get("Statement", [])
    statements = [found] if isinstance(found, Mapping) else found
    return {**document, "Statement": [_exact(each, sent) for each in statements]}


def _exact(statement: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    conditions = {
        operator: {key: _patterns(operator, values, sent.get(key.lower())) for key, values in block.items()}
        for operator, block in statement.get("Condition", {}).items()
    }
    return {**statement, "Condition": conditions} if conditions else dict(statement)


def _patterns(operator: str, values: Any, value: Any) -> Any:
    if not isinstance(value, str) or not operator.rpartition(":")[2].lower().startswith("arn"):
        return values
    return [
        value if matches(value, pattern) else "matches nothing"
        for pattern in ([values] if isinstance(values, str) else values)
    ]


def matches(arn: str, pattern: str) -> bool:
    """Whether an ARN is of a pattern, as ArnLike and ArnEquals compare them."""
    ours, theirs = arn.split(":", _PARTS - 1), pattern.split(":", _PARTS - 1)
    if pattern == "*":
        return True
    return len(ours) == len(theirs) and all(fnmatch_iam_cs(*pair) for pair in zip(ours, theirs, strict=True))


def unmet(statement: Mapping[str, Any], context: EvalContext) -> list[str]:
    """Return the keys of a statement's condition that a request does not meet, each once."""
    return list(dict.fromkeys(_unmet(statement, context)))


def _unmet(statement: Mapping[str, Any], context: EvalContext) -> Iterator[str]:
    for operator, block in statement.get("Condition", {}).items():
        for key, values in block.items():
            if not _conditions_met({operator: {key: values}}, context):
                missing = key.lower() not in context.service_context and not key.lower().startswith(
                    "aws:principal"
                )
                yield f"{key}, which is not sent" if missing else key
