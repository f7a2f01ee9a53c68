"""`aws:PrincipalArn` of a session is the ARN of its role.

ministack 1.5.33 compares a condition on this key with the ARN of the session, so a policy that names roles,
as key policies and trust policies of the lake do, would match nobody. Here it is the ARN of the role:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn

Proven by `tests/local/patches/iam/test_principal_arn.py`. A role that is gone has the ARN that it would have
without a path.
"""

import re
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.iam_evaluator import EvalContext
from ministack.services import iam

_SESSION = re.compile(r"arn:(aws[\w-]*):sts::(\d{12}):assumed-role/([^/]+)/.*")

_resolve = iam_evaluator._resolve_condition_key


def apply() -> None:
    """Replace how the evaluator finds the value of a condition key."""
    iam_evaluator._resolve_condition_key = _resolved


def _resolved(key: str, context: EvalContext) -> Any:
    session = _SESSION.fullmatch(context.principal_arn) if key.lower() == "aws:principalarn" else None
    if session is None:
        return _resolve(key, context)
    partition, account, name = session.groups()
    role = iam._roles.get_scoped(account, None, name) or {}
    return role.get("Arn", f"arn:{partition}:iam::{account}:role/{name}")
