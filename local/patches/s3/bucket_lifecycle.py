"""CloudFormation gives buckets the lifecycle rules that a template asks for.

ministack 1.5.33 ignores `LifecycleConfiguration`, so that a bucket has no rules, and nobody can compare them
with what contracts promise. Nothing expires here in any case: the emulator stores rules and applies none.

Proven by `tests/local/patches/s3/test_bucket_lifecycle.py`. Not emulated: rules with tags, sizes, dates or
transitions of old versions, which are refused.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import s3
from ministack.services.cloudformation import provisioners

_Physical = tuple[str, dict[str, Any]]

_RULES_MAX = 1000
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-set-lifecycle-configuration-intro.html"""

_KNOWN = {
    "Id", "Status", "Prefix", "ExpirationInDays", "ExpiredObjectDeleteMarker", "Transitions",
    "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload",
}  # fmt: skip


def apply() -> None:
    """Set or remove the rules after the emulator's own handlers."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    create, update = handlers["create"], handlers["update"]
    handlers["create"] = lambda logical_id, props, stack: _ruled(
        props, lambda: create(logical_id, props, stack)
    )
    handlers["update"] = lambda name, old, new, stack: _ruled(new, lambda: update(name, old, new, stack))


def _ruled(props: dict[str, Any], change: Callable[[], _Physical]) -> _Physical:
    rules = [_rule(rule) for rule in props.get("LifecycleConfiguration", {}).get("Rules", [])]
    if len(rules) > _RULES_MAX:
        raise ValueError(f"LifecycleConfiguration: got {len(rules)} rules; allowed: {_RULES_MAX}")
    if refusal := s3._lifecycle_rules_error(rules):
        raise ValueError(f"LifecycleConfiguration: {refusal[2]!r}")
    name, attributes = change()
    if rules:
        s3._bucket_lifecycle[name] = rules
    else:
        s3._bucket_lifecycle.pop(name, None)
    return name, attributes


def _rule(props: dict[str, Any]) -> dict[str, Any]:
    """Return a rule as S3's own API has it."""
    if unknown := props.keys() - _KNOWN:
        raise ValueError(f"LifecycleConfiguration: got {', '.join(sorted(unknown))}; allowed: {_KNOWN}")
    rule: dict[str, Any] = {"ID": props.get("Id", ""), "Status": props["Status"]}
    rule["Filter"] = {"Prefix": props["Prefix"]} if "Prefix" in props else {}
    if "ExpirationInDays" in props:
        rule["Expiration"] = {"Days": int(props["ExpirationInDays"])}
    elif "ExpiredObjectDeleteMarker" in props:
        rule["Expiration"] = {"ExpiredObjectDeleteMarker": props["ExpiredObjectDeleteMarker"]}
    if "Transitions" in props:
        rule["Transitions"] = [
            {"Days": int(each["TransitionInDays"]), "StorageClass": each["StorageClass"]}
            for each in props["Transitions"]
        ]
    for name in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
        if name in props:
            rule[name] = {key: int(value) for key, value in props[name].items()}
    return rule
