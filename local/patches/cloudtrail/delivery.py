"""Files of trails: what was noted, as far as selectors take it, every few seconds, as CloudTrail writes it.

The path of a file has account, region and day; its content is one object with the list `Records`.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
"""

import gzip
import json
import logging
import secrets
import string
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import cloudtrail, kms, s3

from local.patches.cloudtrail.records import record
from local.patches.cloudtrail.selectors import selected
from local.patches.iam import calls
from local.patches.iam.calls import Call, Deed
from local.patches.journal import Journal
from local.patches.kms import use

Json = dict[str, Any]

_SERVICE = "cloudtrail.amazonaws.com"
_ACL = "bucket-owner-full-control"
_LETTERS = string.ascii_letters + string.digits

_logger = logging.getLogger("cloudtrail")


def listen() -> None:
    """Take note of everything from now on, while any trail is logging."""
    journal: Journal[Call | Deed] = Journal("cloudtrail", write)
    calls.LISTENERS.append(lambda of: journal.add(of) if _is_logging() else None)


def _is_logging() -> bool:
    return any(trail.get("IsLogging") for trail in cloudtrail._trails._data.values())


def write(notes: Sequence[Call | Deed]) -> None:
    """Write files of what was noted."""
    found = [each for each in map(record, notes) if each is not None]
    for account, home, name, trail in _logging():
        selectors = cloudtrail._event_selectors.get_scoped(
            account, home, name, cloudtrail._DEFAULT_EVENT_SELECTORS
        )
        of_place: dict[tuple[str, str], list[Json]] = defaultdict(list)
        for each in found:
            everywhere = trail.get("IsMultiRegionTrail") or each["awsRegion"] == home
            if everywhere and each["recipientAccountId"] == account and selected(each, selectors):
                of_place[each["awsRegion"], each["eventTime"][:10]].append(each)
        for (region, day), records in of_place.items():
            with request_scope(account, home):
                _put(trail, region, day, records)


def _logging() -> Iterator[tuple[str, str, str, Json]]:
    for (account, region, name), trail in list(cloudtrail._trails.all_items()):
        if trail.get("IsLogging"):
            yield account, region, name, trail


def _put(trail: Json, region: str, day: str, records: list[Json]) -> None:
    bucket, key_id = trail["S3BucketName"], trail.get("KmsKeyId", "")
    if refused := refusal(trail["TrailARN"], bucket, trail.get("S3KeyPrefix", ""), key_id):
        _logger.error("%s: %d events are lost: %s", trail["Name"], len(records), refused)
        return
    account = get_account_id()
    prefix = f"{trail['S3KeyPrefix']}/" if trail.get("S3KeyPrefix") else ""
    now = f"{datetime.now(UTC):%Y%m%dT%H%MZ}"
    unique = "".join(secrets.choice(_LETTERS) for _ in range(16))
    key = (
        f"{prefix}AWSLogs/{account}/CloudTrail/{region}/{day.replace('-', '/')}/"
        f"{account}_CloudTrail_{region}_{now}_{unique}.json.gz"
    )
    body = gzip.compress(json.dumps({"Records": records}).encode(), compresslevel=1)
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    if key_id:
        algorithm = "x-amz-server-side-encryption"
        headers |= {algorithm: "aws:kms", f"{algorithm}-aws-kms-key-id": key_id}
    status, _, said = s3._put_object(bucket, key, body, headers)
    if status >= 400:  # noqa: PLR2004 (of HTTP)
        _logger.error("%s: %d events are lost: %s", trail["Name"], len(records), said)
        return
    if key_id:
        use.encrypted_in(bucket, key, {"aws:cloudtrail:arn": trail["TrailARN"]})


def refusal(arn: str, bucket: str, prefix: str, key_id: str) -> str:
    """What the policies of bucket and key do not let a trail do; nothing if they let it write."""
    account = get_account_id()
    path = f"{prefix}/AWSLogs" if prefix else "AWSLogs"
    policy = s3._bucket_policies.get(bucket)
    source = {"aws:sourcearn": arn, "s3:tlsversion": "1.3"}
    for action, resource, keys in (
        ("s3:GetBucketAcl", f"arn:aws:s3:::{bucket}", {}),
        ("s3:PutObject", f"arn:aws:s3:::{bucket}/{path}/{account}/any", {"s3:x-amz-acl": _ACL}),
    ):
        if not _allows(policy, action, resource, {**source, **keys}):
            return (
                f"InsufficientS3BucketPolicyException: Incorrect S3 bucket policy is detected for bucket: "
                f"{bucket} ({action})"
            )
    if not key_id:
        return ""
    key = kms._resolve_key(key_id)
    context = {"aws:sourcearn": arn, "kms:encryptioncontext:aws:cloudtrail:arn": arn}
    if key is None or not _allows(key.get("Policy"), "kms:GenerateDataKey", key["Arn"], context):
        return f"InsufficientEncryptionPolicyException: the policy of {key_id} does not let the trail encrypt"
    return ""


def _allows(policy: Any, action: str, resource: str, keys: dict[str, str]) -> bool:
    context = EvalContext(
        principal_arn=_SERVICE,
        principal_type="Service",
        principal_account=get_account_id(),
        action=action,
        resource_arn=resource,
        region=get_region(),
        secure_transport=True,
        service_context=keys,
        principal_keys={},
    )
    return bool(evaluate_resource_policy(policy, context, service=_SERVICE).decision == "Allow")
