"""Which operation of S3 a request was, by CloudTrail's names and by those of the access logs.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
"""

from typing import Any
from urllib.parse import unquote

from local.patches.iam.calls import Call

Json = dict[str, Any]

_OBJECT = {"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject", "DELETE": "DeleteObject"}
_BUCKET = {"GET": "ListObjects", "HEAD": "HeadBucket", "PUT": "CreateBucket", "DELETE": "DeleteBucket"}
_VERBS = {"GET": "Get", "PUT": "Put", "DELETE": "Delete", "POST": "Post"}
_SUBRESOURCES = {
    "acl": "Acl", "cors": "Cors", "encryption": "Encryption", "lifecycle": "Lifecycle",
    "location": "Location", "logging": "Logging", "notification": "Notification", "object-lock": "ObjectLock",
    "policy": "Policy", "publicAccessBlock": "PublicAccessBlock", "replication": "Replication",
    "tagging": "Tagging", "versioning": "Versioning", "retention": "Retention", "legal-hold": "LegalHold",
}  # fmt: skip


def place(call: Call) -> tuple[str, str]:
    """Bucket and key of a request; empty for none."""
    bucket, _, key = unquote(call.path).lstrip("/").partition("/")
    return bucket, key


def name(call: Call) -> str:
    """The event's name."""
    bucket, key = place(call)
    if not bucket:
        return "ListBuckets"
    if "delete" in call.query:
        return "DeleteObjects"
    if key and (part := _of_upload(call)):
        return part
    for subresource, title in _SUBRESOURCES.items():
        if subresource in call.query:
            return f"{_VERBS.get(call.method, call.method)}{'Object' if key else 'Bucket'}{title}"
    if key and call.method == "PUT" and "x-amz-copy-source" in call.headers:
        return "CopyObject"
    return (_OBJECT if key else _BUCKET).get(call.method, call.method.title())


def _of_upload(call: Call) -> str:
    if "uploads" in call.query:
        return "CreateMultipartUpload"
    if "uploadId" in call.query:
        return {"PUT": "UploadPart", "POST": "CompleteMultipartUpload", "DELETE": "AbortMultipartUpload"}.get(
            call.method, "ListParts"
        )
    return ""


def is_data(call: Call) -> bool:
    """Whether it is about an object, and so no management event."""
    return bool(place(call)[1]) or name(call) in ("DeleteObjects", "ListObjects", "HeadBucket")


def parameters(call: Call) -> Json:
    """What CloudTrail writes of the request: the bucket, the key, and the query."""
    bucket, key = place(call)
    given: Json = {"bucketName": bucket, "key": key, "Host": call.headers.get("host", "")}
    for parameter, values in call.query.items():
        if not parameter.lower().startswith("x-amz-"):
            given[parameter] = values[0] if isinstance(values, list) else values
    return {parameter: value for parameter, value in given.items() if value or parameter in call.query}


def resources(call: Call) -> list[tuple[str, str]]:
    """Pairs of type and ARN."""
    bucket, key = place(call)
    arn = f"arn:aws:s3:::{bucket}"
    found = [("AWS::S3::Object", f"{arn}/{key}")] if is_data(call) else []
    return [*found, ("AWS::S3::Bucket", arn)] if bucket else []
