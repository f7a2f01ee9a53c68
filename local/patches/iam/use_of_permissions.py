"""IAM remembers what policies of roles have let them do, and what was refused.

ministack 1.5.33 decides and forgets. Here a lake that has run can say which of its grants nothing needed:
`GET /_lake/permissions` answers `used` and `refused`. What is kept is bounded by what the policies grant: a
role, an action and the resource of the statement that allowed it, each once; of refusals the last ones.

Proven by `tests/local/patches/iam/test_use_of_permissions.py`.
"""

from collections import deque
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.iam_evaluator import EvalContext, EvalResult, ParsedStatement

from local.emulator import control

_REFUSALS = 1000
_SESSION = ":assumed-role/"

_enforce = iam_evaluator.enforce
_evaluate = iam_evaluator.evaluate
_used: dict[tuple[str, str, str], None] = {}
_refused: deque[dict[str, str]] = deque(maxlen=_REFUSALS)


def apply() -> None:
    """Watch each decision, and let the launcher ask for what was seen."""
    iam_evaluator.enforce = _watched_enforce
    iam_evaluator.evaluate = _watched_evaluate
    control.ACTIONS["GET", "/_lake/permissions"] = _seen


def _watched_enforce(
    access_key: str, action: str, service: str, region: str, resource_arn: str = "*", *rest: Any, **more: Any
) -> Any:
    answer = _enforce(access_key, action, service, region, resource_arn, *rest, **more)
    if isinstance(answer, EvalResult):
        _refused.append({"principal": answer.principal_arn, "action": action, "resource": resource_arn})
    return answer


def _watched_evaluate(
    context: EvalContext, policies: list[list[ParsedStatement]], *limits: Any
) -> EvalResult:
    result: EvalResult = _evaluate(context, policies, *limits)
    if result.decision == "Allow" and _SESSION in context.principal_arn:
        role = context.principal_arn.partition(_SESSION)[2].partition("/")[0]
        for statement in (each for document in policies for each in document):
            if iam_evaluator._first_match(context, [statement], "Allow"):
                _used.update({(role, context.action, each): None for each in _granting(statement, context)})
    return result


def _granting(statement: ParsedStatement, context: EvalContext) -> list[str]:
    """Which resources of a statement that allows a request are those that it is about."""
    matches = iam_evaluator._resource_matches
    return [each for each in statement.resources if matches(context.resource_arn, [each], [])]


def _seen() -> object:
    used = [{"role": role, "action": action, "resource": resource} for role, action, resource in [*_used]]
    return {"used": used, "refused": [*_refused]}
