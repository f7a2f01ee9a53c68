"""A signature covers the body and every `x-amz-` header of its request.

ministack 1.5.33 signs with the hash that the client states and never compares it with the body, takes
`UNSIGNED-PAYLOAD` for any service, and reads `x-amz-` headers that were not signed: who holds a presigned
upload could add `x-amz-copy-source` and copy any object that the signer may read. AWS demands all of them:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html

Proven by `tests/local/patches/iam/test_request_signatures.py`.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from ministack.core import sigv4
from ministack.services import s3

_SIGNED_BY_NOBODY = ("UNSIGNED-PAYLOAD", "STREAMING-")
_S3 = ("s3", "s3-object-lambda")

_failure = sigv4.header_signature_failure
_presigned = s3._verify_presigned_sigv4


def apply() -> None:
    """Check what the signature leaves out before checking the signature."""
    sigv4.header_signature_failure = _header_failure
    s3._verify_presigned_sigv4 = _presigned_failure


def _header_failure(signature: sigv4.HeaderSignature, secret: str, *request: Any, **more: Any) -> Any:
    _method, _path, _query, headers, body = request
    if _unsigned(headers, signature.signed_headers) or not _covers_body(signature.service, headers, body):
        return "SignatureDoesNotMatch", sigv4.SIGNATURE_MISMATCH
    return _failure(signature, secret, *request, **more)


def _presigned_failure(method: str, path: str, headers: dict[str, str], query: dict[str, Any]) -> Any:
    signed = s3._qp(query, "X-Amz-SignedHeaders", "") or s3._qp(query, "x-amz-signedheaders", "")
    if signed and (left_out := _unsigned(headers, signed)):
        reason = f"There were headers present in the request which were not signed: {', '.join(left_out)}"
        return s3._error("AccessDenied", reason, 403, path)
    return _presigned(method, path, headers, query)


def _unsigned(headers: Mapping[str, str], signed: str) -> list[str]:
    """Headers that must be signed, and are not."""
    names = [name for name in headers if name == "host" or name.startswith("x-amz-")]
    return sorted(set(names) - set(signed.lower().split(";")))


def _covers_body(service: str, headers: Mapping[str, str], body: bytes) -> bool:
    stated = headers.get("x-amz-content-sha256", "")
    if stated.startswith(_SIGNED_BY_NOBODY):
        return service in _S3
    return not stated or stated == hashlib.sha256(body).hexdigest()
