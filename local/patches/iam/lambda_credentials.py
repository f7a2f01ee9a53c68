"""The credentials of a function's role cannot be guessed.

ministack 1.5.33 computes access key, secret and token of a function's role from the ARNs of both, so that
anybody can who knows their names. Here they are random, made once for each function and role.

Proven by `tests/local/patches/iam/test_lambda_credentials.py`.
"""

import threading
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc, sts

from local.patches.iam.roles import RUNS

_sessions: dict[tuple[str, str], dict[str, str]] = {}
_lock = threading.Lock()


def apply() -> None:
    """Give workers random credentials."""
    lambda_runtime.execution_credentials = lambda_svc.execution_credentials = _credentials


def _credentials(config: dict[str, Any]) -> dict[str, str]:
    function, role = config["FunctionArn"], config.get("Role", "")
    with _lock:
        if (function, role) not in _sessions:
            _sessions[function, role] = _session(config, role.rsplit("/", 1)[-1])
        return _sessions[function, role]


def _session(config: dict[str, Any], role: str) -> dict[str, str]:
    """Credentials without an end, as a worker keeps those that it was started with."""
    account, _ = lambda_runtime._account_region_from_function_config(config)
    key, secret, token = sts._gen_session_access_key(), sts._gen_secret(), sts._gen_session_token()
    name = config["FunctionName"][:64]
    sts.register_session(
        key,
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name}",
            "UserId": f"{role}:{name}",
            "SecretAccessKey": secret,
            "SessionToken": token,
            RUNS: config["FunctionArn"],
        },
    )
    return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}
