"""S3 replicates with the rights of the configured role, and CloudFormation sets what a template asks for.

ministack 1.5.33 ignores `ReplicationConfiguration` in templates. Between buckets of one account it copies
with nobody's rights, objects under any key, and leaves the copy under the key of the source. Here the role is
assumed, and it may read, decrypt, write and encrypt, or the source says `FAILED`; objects under a key are
left out unless the rule selects them, and copies are under the key that the rule names:

- https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html

Proven by `tests/local/patches/s3/test_bucket_replication.py`. Not emulated: time (the copy is there with the
answer), metrics, ids of versions, which AWS keeps, events of copies, objects that are uploaded in parts, and
a destination in another account.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

from ministack.core.iam_evaluator import enforce
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import kms, s3
from ministack.services.cloudformation import provisioners

from local.patches.iam import roles

_Physical = tuple[str, dict[str, Any]]
_Request = tuple[str, str, str, str, dict[str, Any]]
"""Service, action, ARN, region and condition keys."""

_logger = logging.getLogger("s3")
_KEY_ID = "x-amz-server-side-encryption-aws-kms-key-id"
_READ = ("GetObjectVersionForReplication", "GetObjectVersionAcl", "GetObjectVersionTagging")
_ENABLED = "Enabled"

_emulator_replicate = s3._maybe_replicate


def apply() -> None:
    """Set or remove the configuration after the emulator's own handlers, and copy as the role."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    create, update = handlers["create"], handlers["update"]
    handlers["create"] = lambda logical_id, props, stack: _configured(
        props, lambda: create(logical_id, props, stack)
    )
    handlers["update"] = lambda name, old, new, stack: _configured(new, lambda: update(name, old, new, stack))
    s3._maybe_replicate = _replicate


def _configured(props: dict[str, Any], change: Callable[[], _Physical]) -> _Physical:
    name, attributes = change()
    configuration = props.get("ReplicationConfiguration")
    if not configuration:
        s3._delete_bucket_replication(name)
        return name, attributes
    for rule in configuration["Rules"]:
        destination = rule["Destination"]["Bucket"].rpartition(":")[2]
        if s3._bucket_owner_account(destination) is None:
            raise ValueError(f"{name}: Destination bucket must exist: {destination}")
    document = f"<ReplicationConfiguration>{''.join(_elements(configuration))}</ReplicationConfiguration>"
    status, _, body = s3._put_bucket_replication(name, document.encode())
    if status >= 400:  # noqa: PLR2004 (of HTTP)
        raise ValueError(f"{name}: {body.decode(errors='replace')}")
    return name, attributes


def _elements(value: Mapping[str, Any]) -> Iterator[str]:
    """CloudFormation's properties are S3's elements, but for the names of two."""
    for key, held in value.items():
        name = {"Rules": "Rule", "Id": "ID"}.get(key, key)
        for each in held if isinstance(held, list) else [held]:
            content = "".join(_elements(each)) if isinstance(each, Mapping) else escape(str(each))
            yield f"<{name}>{content}</{name}>"


def _replicate(
    bucket: str, key: str, obj: dict[str, Any], data: Any, tags: dict[str, str] | None = None
) -> None:
    rule, role = s3._replication_rule_for(bucket, key, tags)
    if rule is None or not _is_selected(rule, obj):
        return
    target = s3._replication_destination(bucket, key, rule, role)
    refusal = "there is no such destination" if target is None else _refusal(role, rule, bucket, key, obj)
    if refusal or target is None:
        _logger.warning("s3: %s/%s is not replicated: %s", bucket, key, refusal)
        obj["replication_status"] = "FAILED"
        return
    _, arn = _key_there(rule)
    headers = {**obj.get("preserved_headers", {}), **({_KEY_ID: arn} if arn else {})}
    copied = {**obj, "preserved_headers": headers}
    _emulator_replicate(bucket, key, copied, data, tags)
    obj |= {name: copied[name] for name in ("replication_status", "_replica") if name in copied}


def _is_selected(rule: dict[str, Any], obj: dict[str, Any]) -> bool:
    """Whether S3 replicates an object at all, which without being told it does not under a key."""
    chosen = rule.get("SourceSelectionCriteria", {}).get("SseKmsEncryptedObjects", {}).get("Status")
    return chosen == _ENABLED or _KEY_ID not in s3._stored_sse_headers(obj)


def _refusal(role: str, rule: dict[str, Any], bucket: str, key: str, obj: dict[str, Any]) -> str:
    """What the role may not do of what it takes; nothing if it may do all of it."""
    try:
        caller = roles.assume(role, "s3.amazonaws.com", "s3-replication")["AWS_ACCESS_KEY_ID"]
    except roles.RoleError as error:
        return str(error)
    for service, action, arn, region, keys in _requests(rule, bucket, key, obj):
        if not arn:
            return f"{service}:{action}: there is no such key in {region}"
        with request_scope(get_account_id(), region):
            if enforce(caller, f"{service}:{action}", service, region, arn, keys) is not None:
                return f"{role} may not {service}:{action} on {arn}"
    return ""


def _requests(rule: dict[str, Any], bucket: str, key: str, obj: dict[str, Any]) -> Iterator[_Request]:
    """What S3 asks for as the role."""
    here = s3.bucket_region(bucket) or get_region()
    yield "s3", "GetReplicationConfiguration", f"arn:aws:s3:::{bucket}", here, {}
    yield "s3", "ListBucket", f"arn:aws:s3:::{bucket}", here, {}
    for action in _READ:
        yield "s3", action, f"arn:aws:s3:::{bucket}/{key}", here, {}
    destination = rule["Destination"]["Bucket"].rpartition(":")[2]
    there = s3.bucket_region(destination) or get_region()
    for action in ("ReplicateObject", "ReplicateTags"):
        yield "s3", action, f"arn:aws:s3:::{destination}/{key}", there, {}
    if source_key := s3._stored_sse_headers(obj).get(_KEY_ID):
        yield "kms", "Decrypt", source_key, here, _through_s3(here, bucket, key, source_key)
        region, arn = _key_there(rule)
        for action in ("Encrypt", "Decrypt"):
            yield "kms", action, arn, region, _through_s3(region, destination, key, arn)


def _key_there(rule: dict[str, Any]) -> tuple[str, str]:
    """Region and ARN of the key that the copy is under; none if there is no such key in it."""
    named = rule["Destination"].get("EncryptionConfiguration", {}).get("ReplicaKmsKeyID", "")
    region = named.split(":")[3] if named else get_region()
    with request_scope(get_account_id(), region):
        record = kms._resolve_key(named)
    usable = record is not None and record["KeyState"] == _ENABLED
    return region, record["Arn"] if record is not None and usable else ""


def _through_s3(region: str, bucket: str, key: str, arn: str) -> dict[str, Any]:
    """Condition keys of a request of S3 to KMS: with a bucket key the context is the bucket."""
    with_bucket_key = "<BucketKeyEnabled>true" in (s3._bucket_encryption.get(bucket) or "")
    with request_scope(get_account_id(), region):
        named = [each for each, key_id in kms._aliases.items() if arn.endswith(f"/{key_id}")]
    return {
        "kms:viaservice": f"s3.{region}.amazonaws.com",
        "kms:calleraccount": get_account_id(),
        "kms:encryptioncontext:aws:s3:arn": f"arn:aws:s3:::{bucket}" + ("" if with_bucket_key else f"/{key}"),
        "kms:resourcealiases": [each.split(":", 5)[-1] for each in named],
    }
