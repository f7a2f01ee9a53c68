"""Service roles inside the emulator: a service that acts for the user does so under its role, never as root.

ministack 1.5.33 does this for Lambda alone. Calls made with these credentials come back in through the
emulator's own door, so that signatures, policies and bucket rules apply to them as to anybody's.
"""

import json
import os
import time
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config
from ministack.core.iam_evaluator import (
    CredentialResolutionError,
    _service_principal_matches,
    resolve_credential,
)
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam, sts

from local.emulator.root import ACCOUNT, access_key_of

_SESSION_SECONDS = 12 * 3600.0
_RENEWED_SECONDS = 3600
_SECONDS = {"lambda": 900}
"""How long an answer is waited for, of those services that take their time: as long as a function may run."""
_KEPT = 256
"""Sessions, and clients, that are kept: a client takes a megabyte, and a tenth of a second to make."""

_caller: ContextVar[str] = ContextVar("_caller", default="")


class RoleError(ValueError):
    """The role does not exist, or does not let the service assume it."""


RUNS = "Runs"
"""Key of a session with the ARN of the function or job that has it, if one has."""
FORWARDED = "Forwarded"
"""Key of a session with which a service acts for its caller."""
_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def assume(role: str, service: str, session: str, policy: str = "", *, runs: str = "") -> dict[str, str]:
    """Credentials of a role for a service principal, as environment variables.

    A session lasts, and so do the clients that are made for it: who asks again soon gets the same one.

    Args:
        role: ARN or name of the role.
        service: Such as `glue.amazonaws.com`.
        session: Name of the session.
        policy: A session policy, beyond which the session may do nothing; none if empty.
        runs: ARN of the function or job that gets them; none if empty.

    Raises:
        RoleError: The role is missing, or its trust policy does not name the service.
    """
    name = role.rsplit("/", 1)[-1]
    found = iam._roles.get(name)
    if found is None:
        raise RoleError(
            f"Role {role} should be given assume role permissions for {service}: it does not exist"
        )
    if not _trusts(found["AssumeRolePolicyDocument"], service):
        raise RoleError(f"Role {role} should be given assume role permissions for {service}")
    arn = f"arn:aws:sts::{get_account_id()}:assumed-role/{name}/{session}"
    hour = int(time.time() // _RENEWED_SECONDS)
    user = f"{found['RoleId']}:{session}"
    key, secret, token = _session(arn, user, get_account_id(), policy, runs, hour)
    return dict(zip(_VARIABLES, (key, secret, token), strict=True))


@lru_cache(maxsize=_KEPT)
def _session(arn: str, user: str, account: str, policy: str, runs: str, _hour: int) -> tuple[str, str, str]:
    """Access key, secret and token of a new session."""
    key, secret, token = sts._gen_session_access_key(), sts._gen_secret(), sts._gen_session_token()
    sts.register_session(
        key,
        {
            "Arn": arn,
            "UserId": user,
            "SecretAccessKey": secret,
            "SessionToken": token,
            "Expiration": time.time() + _SESSION_SECONDS,
            "AccountId": account,
            "PrincipalType": "AssumedRole",
            "SessionPolicies": {"Policy": policy} if policy else None,
            RUNS: runs,
        },
    )
    return key, secret, token


def remember_caller(access_key: str) -> None:
    """Keep, for the rest of this request, whose access key signed it."""
    _caller.set(access_key)


def caller() -> dict[str, str]:
    """Credentials of who made this request; the root user's inside CloudFormation and other services.

    A service asks others with them, and they know that a service asks: it is a forward access session of AWS.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
    """
    found = resolve_credential(_caller.get() or _root_key())
    if isinstance(found, CredentialResolutionError):
        raise RoleError(found.message)
    if found.principal_type != "Root":
        return dict(zip(_VARIABLES, _forwarded(found.access_key_id), strict=True))
    return {
        "AWS_ACCESS_KEY_ID": found.access_key_id,
        "AWS_SECRET_ACCESS_KEY": found.secret_access_key,
        "AWS_SESSION_TOKEN": found.session_token or "",
    }


@lru_cache(maxsize=_KEPT)
def _forwarded(access_key: str) -> tuple[str, str, str]:
    """Access key, secret and token of a session that may do what the one of another key may."""
    found = resolve_credential(access_key)
    key, secret, token = sts._gen_session_access_key(), sts._gen_secret(), sts._gen_session_token()
    own = {
        "Arn": found.principal_arn,
        "UserId": found.principal_id,
        "AccountId": found.account_id,
        "PrincipalType": found.principal_type,
        "PrincipalName": found.principal_name,
    }
    session = {**own, **sts._sessions.get(access_key, {}), RUNS: "", FORWARDED: True}
    sts.register_session(key, {**session, "SecretAccessKey": secret, "SessionToken": token})
    return key, secret, token


def _root_key() -> str:
    account = get_account_id()
    return os.environ["AWS_ACCESS_KEY_ID"] if account == ACCOUNT else access_key_of(account)


def client(service: str, credentials: dict[str, str]) -> Any:
    """A client that calls the emulator with credentials from `assume`."""
    return _client(service, get_region(), *credentials.values())


@lru_cache(maxsize=_KEPT)
def _client(service: str, region: str, key: str, secret: str, token: str) -> Any:
    session = boto3.Session(key, secret, token or None, region)
    config = Config(retries={"total_max_attempts": 1}, read_timeout=_SECONDS.get(service, 60))
    return session.client(service, config=config)


def _trusts(policy: str | dict[str, Any], service: str) -> bool:
    document = json.loads(policy) if isinstance(policy, str) else policy
    statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    return any(
        statement["Effect"] == "Allow" and _service_principal_matches(statement.get("Principal"), service)
        for statement in statements
    )
