"""S3 objects and secrets under a customer's KMS key need the caller's right to use that key.

ministack 1.5.33 notes which key encrypts an object or a secret and never asks whether the caller may use it,
so a role without `kms:Decrypt` reads what it could not read on AWS. Here reading an object or a secret needs
`kms:Decrypt`, writing an object `kms:GenerateDataKey`, and finishing a multipart upload `kms:Decrypt`, by the
caller's policies and the key's own, with S3's condition keys and the object's encryption context:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html

Each use is told to whoever records calls; under a bucket key, of each caller once in a while, as S3 asks KMS:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html

Proven by `tests/local/patches/kms/test_use.py`. Not emulated: keys of queues, topics, streams and log groups;
AWS managed keys, which ask for no permission of the caller.
"""

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from ministack.core.iam_actions import access_denied_response, identity_denial_message
from ministack.core.iam_evaluator import AuthError, enforce
from ministack.core.responses import get_account_id, get_region
from ministack.core.router import extract_access_key_id
from ministack.services import kms, s3, secretsmanager

from local.patches.iam import calls
from local.patches.s3.guard import Request, guard

_READ, _WRITE = "kms:Decrypt", "kms:GenerateDataKey"
_ALGORITHM = "x-amz-server-side-encryption"
_KEY_ID = f"{_ALGORITHM}-aws-kms-key-id"
_SUBRESOURCES = (
    "acl",
    "tagging",
    "retention",
    "legal-hold",
    "attributes",
    "torrent",
    "annotation",
    "restore",
)

_BUCKET_KEY_SECONDS = 300
"""How long S3 keeps a key of a bucket for a caller; AWS says no number."""

_MOST_ASKED = 10_000

_contexts: dict[tuple[str, str], dict[str, str]] = {}
"""What objects are encrypted in, beside their own ARN, by bucket and key."""
_asked: dict[tuple[str, ...], float] = {}

_emulator_secrets = secretsmanager.handle_request


def apply() -> None:
    """Ask for the right to use the key before the emulator answers."""
    guard(_refusal)
    secretsmanager.handle_request = _handle_secrets


def encrypted_in(bucket: str, key: str, context: dict[str, str]) -> None:
    """Note the encryption context of an object that a service wrote: KMS is asked in it for who reads."""
    _contexts[bucket, key] = context


def _refusal(request: Request) -> Any:
    """The answer to a request whose caller may not use the key that it needs, None to all others."""
    bucket, key = s3._parse_bucket_key(unquote(request.path), request.headers)
    if request.internal or not key:
        return None
    caller = extract_access_key_id(request.headers, request.query)
    context = {"aws:s3:arn": _context_arn(bucket, key), **_contexts.get((bucket, key), {})}
    for action, key_id in _uses(request.method, bucket, key, request.headers, request.query):
        if denied := _denied("s3", action, key_id, context, caller):
            return denied
    return None


async def _handle_secrets(
    method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
) -> Any:
    if headers.get("x-amz-target", "").endswith(".GetSecretValue"):
        _, secret = secretsmanager._resolve(json.loads(body)["SecretId"])
        key_id = (secret or {}).get("KmsKeyId")
        caller = extract_access_key_id(headers, query)
        if denied := _denied("secretsmanager", _READ, key_id, {}, caller):
            return denied
    return await _emulator_secrets(method, path, headers, body, query)


def _uses(
    method: str, bucket: str, key: str, headers: dict[str, str], query: dict[str, Any]
) -> Iterator[tuple[str, str | None]]:
    """What a request does with which key: (action, key id)."""
    if any(name in query for name in _SUBRESOURCES):
        return
    if method == "GET" and "uploadId" not in query:
        yield _READ, _stored_key(bucket, key, query.get("versionId", [None])[0])
    if method == "PUT" or (method == "POST" and "uploads" in query):
        yield _WRITE, _written_key(bucket, headers)
    if method == "POST" and "uploadId" in query:
        yield _READ, _written_key(bucket, headers)
    if method == "PUT" and (source := headers.get("x-amz-copy-source")):
        place, _, version = unquote(source).lstrip("/").partition("?versionId=")
        source_bucket, _, source_key = place.partition("/")
        yield _READ, _stored_key(source_bucket, source_key, version or None)


def _stored_key(bucket: str, key: str, version: str | None) -> str | None:
    versions = s3._object_versions.get((bucket, key), [])
    current = (s3._buckets.get(bucket) or {}).get("objects", {}).get(key)
    found = next((one for one in versions if version and one["version_id"] == version), current)
    return s3._stored_sse_headers(found).get(_KEY_ID) if found else None


def _written_key(bucket: str, headers: dict[str, str]) -> str | None:
    named: str | None = headers.get(_KEY_ID)
    return named if headers.get(_ALGORITHM) else s3._bucket_default_sse_headers(bucket).get(_KEY_ID)


def _context_arn(bucket: str, key: str) -> str:
    with_bucket_key = "<BucketKeyEnabled>true" in (s3._bucket_encryption.get(bucket) or "")
    return f"arn:aws:s3:::{bucket}" if with_bucket_key else f"arn:aws:s3:::{bucket}/{key}"


def _denied(service: str, action: str, key_id: str | None, context: dict[str, str], caller: str) -> Any:
    """The refusal that a caller gets, None if the key may be used."""
    record = kms._resolve_key(key_id)
    if record is None or not caller:
        return None
    via = {"kms:viaservice": f"{service}.{get_region()}.amazonaws.com", "kms:calleraccount": get_account_id()}
    keys = {f"kms:encryptioncontext:{name}": value for name, value in context.items()}
    decision = enforce(caller, action, "kms", get_region(), record["Arn"], {**via, **keys})
    if isinstance(decision, AuthError):
        return None  # who cannot be identified is refused by the service itself
    _tell(service, action, record["Arn"], context, caller, refused=decision is not None)
    if decision is None:
        return None
    message = identity_denial_message(
        action, decision.principal_arn, record["Arn"], decision.decision == "Deny"
    )
    return access_denied_response(service, action, decision.principal_arn, str(uuid.uuid4()), message=message)


def _tell(
    service: str, action: str, key: str, context: dict[str, str], caller: str, *, refused: bool
) -> None:
    """Tell who used a key, or was refused.

    https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html
    """
    use = (caller, action, key, *context.values())
    now = time.time()
    if not calls.LISTENERS or (not refused and now - _asked.get(use, 0) < _BUCKET_KEY_SECONDS):
        return
    if not refused:
        if len(_asked) >= _MOST_ASKED:
            _asked.clear()
        _asked[use] = now
    denied = ("AccessDenied", f"The caller is not authorized to perform: {action} on resource: {key}")
    calls.tell(
        calls.Deed(
            get_account_id(),
            get_region(),
            "kms.amazonaws.com",
            action.partition(":")[2],
            caller,
            f"{service}.amazonaws.com",
            {"keyId": key, "encryptionContext": context, "encryptionAlgorithm": "SYMMETRIC_DEFAULT"},
            (("AWS::KMS::Key", key),),
            error=denied if refused else None,
        )
    )
