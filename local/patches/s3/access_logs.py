"""S3 logs requests to buckets that have logging on, into the bucket that they name, as lines of text.

ministack 1.5.33 keeps the setting and writes nothing. Here lines come every few seconds, where the policy of
the target lets S3 write. Keys have the form that the configuration says: simple, or partitioned by the day of
the request.

- https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html

Proven by `tests/local/patches/s3/test_access_logs.py`. Not emulated: actions of lifecycle rules, since
nothing expires here; sizes of objects; target grants; a partition by the time of delivery.
"""

import logging
import re
import secrets
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import unescape

from ministack.core.iam_evaluator import (
    CredentialResolutionError,
    EvalContext,
    evaluate_resource_policy,
    resolve_credential,
)
from ministack.core.responses import request_scope
from ministack.core.router import detect_service, extract_access_key_id
from ministack.services import s3

from local.patches.iam import calls
from local.patches.iam.calls import Call, Deed
from local.patches.journal import Journal

_SERVICE = "logging.s3.amazonaws.com"
_SUBRESOURCES = ("acl", "lifecycle", "location", "logging", "notification", "object-lock", "policy",
                 "replication", "tagging", "uploads", "versioning", "versions")  # fmt: skip

_logger = logging.getLogger("s3")


def apply() -> None:
    """Take note of requests to S3 while any bucket logs its own."""
    journal: Journal[Call] = Journal("s3-access-logs", write)

    def note(of: Call | Deed) -> None:
        if isinstance(of, Call) and s3._bucket_logging_config._data and of.path != "/":
            journal.add(of)

    calls.LISTENERS.append(note)


def write(notes: Sequence[Call]) -> None:
    """Write the lines of the requests that were to buckets which log them."""
    lines: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for call in notes:
        headers, query = dict(call.headers), dict(call.query)
        bucket = call.path.lstrip("/").partition("/")[0]
        with request_scope(call.account, s3.bucket_region(bucket) or "us-east-1"):
            logs = s3._bucket_logging_config.get(bucket)
            if logs and detect_service(call.method, call.path, headers, query) == "s3":
                day = f"{datetime.fromtimestamp(call.at, UTC):%Y/%m/%d}"
                lines[call.account, bucket, day] += _lines(call, bucket)
    for (account, bucket, day), found in lines.items():
        with request_scope(account, s3.bucket_region(bucket) or "us-east-1"):
            _put(account, bucket, day, found)


def _put(account: str, bucket: str, day: str, lines: list[str]) -> None:
    configuration = s3._bucket_logging_config.get(bucket) or ""
    target, prefix = _tag("TargetBucket", configuration), _tag("TargetPrefix", configuration)
    now = datetime.now(UTC)
    unique = secrets.token_hex(8).upper()
    if "<PartitionedPrefix" in configuration:
        folder = f"{account}/{s3.bucket_region(bucket) or 'us-east-1'}/{bucket}/{day}/"
        key = f"{prefix}{folder}{day.replace('/', '-')}-00-00-00-{unique}"
    else:
        key = f"{prefix}{now:%Y-%m-%d-%H-%M-%S}-{unique}"
    if not _may_write(account, bucket, target, key):
        _logger.warning("s3: %d lines of %s are lost: %s does not let S3 write", len(lines), bucket, target)
        return
    s3._put_object(
        target, key, "".join(f"{line}\n" for line in lines).encode(), {"content-type": "text/plain"}
    )


def _may_write(account: str, bucket: str, target: str, key: str) -> bool:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html."""
    context = EvalContext(
        principal_arn=_SERVICE,
        principal_type="Service",
        principal_account=account,
        action="s3:PutObject",
        resource_arn=f"arn:aws:s3:::{target}/{key}",
        region=s3.bucket_region(target) or "us-east-1",
        secure_transport=True,
        service_context={
            "aws:sourcearn": f"arn:aws:s3:::{bucket}",
            "aws:sourceaccount": account,
            "s3:tlsversion": "1.3",
        },
    )
    policy = s3._bucket_policies.get(target)
    return bool(evaluate_resource_policy(policy, context, service=_SERVICE).decision == "Allow")


def _lines(call: Call, bucket: str) -> Iterator[str]:
    """The line of a request; of a deletion in a batch one more for each key."""
    key = call.path.lstrip("/").partition("/")[2]
    yield _line(call, bucket, _operation(call, key), key)
    if "delete" in call.query and call.status < 400:  # noqa: PLR2004 (of HTTP)
        for each in re.findall(r"<Key>(.*?)</Key>", call.body.decode(errors="replace"), re.DOTALL):
            yield _line(call, bucket, "BATCH.DELETE.OBJECT", unescape(each))


def _operation(call: Call, key: str) -> str:
    if "delete" in call.query:
        return "REST.POST.MULTI_OBJECT_DELETE"
    if "uploadId" in call.query:
        return f"REST.{call.method}.{'PART' if call.method == 'PUT' else 'UPLOAD'}"
    found = next((name for name in _SUBRESOURCES if name in call.query), "")
    kind = found.upper().replace("-", "_") or ("OBJECT" if key else "BUCKET")
    method = "COPY" if "x-amz-copy-source" in call.headers else call.method
    return f"REST.{method}.{kind}"


def _line(call: Call, bucket: str, operation: str, key: str) -> str:
    headers, query = dict(call.headers), dict(call.query)
    sent = {name.lower(): str(value) for name, value in call.answer.items()}
    error = _tag("Code", call.said.decode(errors="replace"))
    milliseconds = int(call.seconds * 1000)
    # Keys come encoded twice, as people report; AWS says how of none.
    fields: list[Any] = [
        s3._canonical_owner_id(call.account), bucket,
        f"[{datetime.fromtimestamp(call.at, UTC):%d/%b/%Y:%H:%M:%S +0000}]", "127.0.0.1",
        _requester(extract_access_key_id(headers, query), call.account), call.request_id, operation,
        quote(quote(key, safe="/"), safe="/") if key else "-",
        f'"{call.method} {quote(call.path)} HTTP/1.1"', call.status, error or "-",
        sent.get("content-length", "-"), "-", milliseconds, milliseconds, '"-"',
        f'"{call.headers.get("user-agent", "-").replace(chr(34), "")}"', sent.get("x-amz-version-id", "-"),
        sent.get("x-amz-id-2", "-"), "SigV4", "-", "AuthHeader", call.headers.get("host", "-"), "TLSv1.3",
        "-", "-",
    ]  # fmt: skip
    return " ".join(str(field) for field in fields)


def _requester(access_key: str, account: str) -> str:
    found = resolve_credential(access_key, account) if access_key else None
    if found is None or isinstance(found, CredentialResolutionError):
        return "-"
    return s3._canonical_owner_id(account) if found.principal_type == "Root" else str(found.principal_arn)


def _tag(name: str, text: str) -> str:
    found = re.search(f"<{name}>(.*?)</{name}>", text, re.DOTALL)
    return unescape(found[1]) if found else ""
