"""S3 does what IAM was asked about: one subresource, of a bucket or of an object, and this very key.

ministack 1.5.33 has one table that tells IAM what a request's query parameters ask for, and another order in
which it then serves them: `GET /bucket/key?location` is authorized as the location of the bucket and reads
the object, `PUT /bucket?policy&metrics` as metrics and writes the policy. For IAM alone, keys lose repeated
and final slashes. Such requests are refused as S3 refuses two subresources: with `InvalidArgument`.

Proven by `tests/local/patches/s3/test_subresources.py`.
"""

from typing import Any

from ministack.core import iam_actions
from ministack.services import s3

from local.patches.s3.guard import Request, guard

_BUCKETS = {*iam_actions._S3_QUERY_ACTIONS, *iam_actions._S3_BUCKET_QUERY_ACTIONS} - {"uploadId", "restore"}
_OBJECTS = {*iam_actions._S3_OBJECT_QUERY_ACTIONS, "uploads", "uploadId", "restore"}

_resource = iam_actions.extract_resource_arn


def apply() -> None:
    """Refuse what could be served as another request than the authorized one."""
    guard(_refusal)
    iam_actions.extract_resource_arn = _extract_resource


def _refusal(request: Request) -> Any:
    fault = _fault(request.path, request.query)
    return s3._error("InvalidArgument", fault, 400, request.path) if fault else None


def _fault(path: str, query: dict[str, Any]) -> str | None:
    key = path.lstrip("/").partition("/")[2]
    if key and not key.strip("/"):
        return "The embedded AWS takes no key of slashes alone"
    named = sorted((_BUCKETS | _OBJECTS).intersection(query))
    if len(named) > 1:
        return f"Conflicting query string parameters: {', '.join(named)}"
    if named and named[0] not in (_OBJECTS if key else _BUCKETS):
        return f"The parameter {named[0]} does not belong to {'an object' if key else 'a bucket'}"
    return None


def _extract_resource(service: str, method: str, path: str, *rest: Any) -> str:
    bucket, _, key = path.lstrip("/").partition("/")
    if service == "s3" and key:
        return f"arn:aws:s3:::{bucket}/{key}"
    return str(_resource(service, method, path, *rest))
