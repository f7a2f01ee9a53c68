"""The root user signs as everybody does, and nobody else is the root user.

ministack 1.5.33 lets in, as the root user of an account and with any signature, the access keys `test`, each
number of twelve digits (as the account of that number), and the key in its own environment; a request without
a key it takes for the root user's too, wherever it does not ask for one. Here the key of this start alone is
the root user's, its signature is verified, and who names no key is nobody. Root users of other accounts have
access keys that end with the account's number, and sign with the same secret. Nobody may do what AWS serves
without credentials: operations that the SDK's models send unsigned, API methods and function URLs (which ask
what they were told to ask), and S3 requests to a bucket, whose policy decides:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-management.html

Proven by `tests/local/patches/iam/test_root_credentials.py`.
"""

import os
from typing import Any

from ministack import app
from ministack.core import iam_evaluator
from ministack.core.iam_actions import anonymous_denial_message
from ministack.core.iam_evaluator import AuthError
from ministack.services import s3, sts

from local.emulator.root import account_of
from local.patches.iam.request_operations import UNRECOGNIZED

_OF_THE_ACCOUNT = ("s3:ListAllMyBuckets", "s3:CreateBucket")
_ASK_THEMSELVES = ("execute-api:Invoke", "lambda:InvokeFunctionUrl")
_PUBLIC_SERVICES = ("eks", "appsync-events")
"""Where requests that are no IAM action are public keys, or ask for a key of their own."""

_account = iam_evaluator.find_iam_access_key_account
_enforce = iam_evaluator.enforce
_check_credentials = iam_evaluator.check_credentials
_identity = iam_evaluator.resolve_caller_identity
_handshake = iam_evaluator.authenticate_handshake


def apply() -> None:
    """Replace what ministack takes for the root user, and what it lets nobody do."""
    iam_evaluator.is_root_access_key = sts.is_root_access_key = _is_root
    for module in (app, iam_evaluator, s3, sts):
        module.find_iam_access_key_account = _account_of
    iam_evaluator._is_root_key = lambda _: False  # whose signature it does not verify
    iam_evaluator.resolve_caller_identity = _resolve_caller_identity
    iam_evaluator.enforce = _enforce_known
    iam_evaluator.check_credentials = _check_known
    iam_evaluator.authenticate_handshake = _authenticate_handshake


def _is_root(access_key: str) -> bool:
    return access_key == os.environ["AWS_ACCESS_KEY_ID"] or account_of(access_key) is not None


def _account_of(access_key: str) -> str | None:
    """The account of an access key, which the emulator knows of users alone."""
    found: str | None = account_of(access_key) or _account(access_key)
    return found


def _resolve_caller_identity(access_key: str) -> dict[str, Any] | None:
    if not _is_root(access_key):
        found: dict[str, Any] | None = _identity(access_key)
        return found
    account = iam_evaluator.resolve_credential(access_key).account_id
    organization = iam_evaluator._principal_org_id(account)
    root = {"userArn": f"arn:aws:iam::{account}:root", "userId": account, "accountId": account}
    return {**root, "accessKey": access_key, "principalOrgId": organization, "session": None}


def _unsigned(access_key: str) -> bool:
    """Whether the request brings nothing that could be a signature; one that fails is refused as such."""
    return not access_key and iam_evaluator._signed_request.get() is None


def _enforce_known(
    access_key: str, action: str, service: str, region: str, resource_arn: str = "*", *rest: Any, **more: Any
) -> Any:
    if not _unsigned(access_key):
        return _enforce(access_key, action, service, region, resource_arn, *rest, **more)
    if action in _ASK_THEMSELVES or iam_evaluator._served_unsigned(service, action):
        return None
    if service == "s3" and _of_a_bucket(action, resource_arn):
        return None  # S3 asks the bucket's policy and lists next
    message = anonymous_denial_message(service, action, resource_arn)
    return AuthError("MissingAuthenticationToken", message)


def _check_known(access_key: str, service: str | None = None) -> AuthError | None:
    if service in _PUBLIC_SERVICES and _unsigned(access_key):
        return None
    found: AuthError | None = _check_credentials(access_key, service)
    return found


def _authenticate_handshake(scope: dict[str, Any], service: str | None = None) -> Any:
    found = _handshake(scope, service)
    if found is None and service == "iotdevicegateway":
        return AuthError("MissingAuthenticationToken", "Forbidden")
    return found


def _of_a_bucket(action: str, resource_arn: str) -> bool:
    known = action not in _OF_THE_ACCOUNT and not action.startswith(UNRECOGNIZED)
    return known and resource_arn.startswith("arn:aws:s3:::")
