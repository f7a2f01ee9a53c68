"""What data and keys are protected by, and whether a change takes it away."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from tools.access.tables import tables
from tools.assembly.assembly import Resource
from tools.upgrade.deployment import Deployment
from tools.upgrade.finding import Finding, Kind
from tools.upgrade.state import keeps

_RANKS = {"Retain": 2, "RetainExceptOnCreate": 2, "Snapshot": 1}
"""How much of a resource is left when it goes, by its policy; without one, nothing."""

_WHY = "what is lost then does not come back"

_FOREVER = float("inf")


class _Guard(NamedTuple):
    """A property that protects something."""

    kind: str
    path: str
    """With dots."""
    default: Any
    """What holds where the template says nothing, by the type's page."""
    weaker: Callable[[Any, Any], bool]
    """Whether the second value, the new one, protects less than the first."""


def _off(old: Any, new: Any) -> bool:
    return _is_on(old) and not _is_on(new)


def _is_on(value: Any) -> bool:
    return str(value).lower() in ("true", "enabled")


def _less(old: Any, new: Any) -> bool:
    return float(new) < float(old)


def _gone(old: Any, new: Any) -> bool:
    return old is not None and new is None


_GUARDS = (
    _Guard("AWS::S3::Bucket", "VersioningConfiguration.Status", "Suspended", _off),
    _Guard("AWS::S3::Bucket", "ObjectLockEnabled", False, _off),
    _Guard("AWS::S3::Bucket", "BucketEncryption", None, _gone),
    _Guard("AWS::S3::Bucket", "ReplicationConfiguration", None, _gone),
    _Guard("AWS::KMS::Key", "Enabled", True, _off),
    _Guard("AWS::KMS::Key", "EnableKeyRotation", False, _off),
    _Guard("AWS::KMS::Key", "PendingWindowInDays", 30, _less),
    _Guard("AWS::Kinesis::Stream", "RetentionPeriodHours", 24, _less),
    _Guard("AWS::Kinesis::Stream", "StreamEncryption", None, _gone),
    _Guard("AWS::Logs::LogGroup", "RetentionInDays", _FOREVER, _less),
    _Guard("AWS::Logs::LogGroup", "KmsKeyId", None, _gone),
    _Guard("AWS::SQS::Queue", "MessageRetentionPeriod", 345600, _less),
    _Guard("AWS::SQS::Queue", "RedrivePolicy", None, _gone),
    _Guard("AWS::CloudTrail::Trail", "IsLogging", False, _off),
    _Guard("AWS::CloudTrail::Trail", "EnableLogFileValidation", False, _off),
    _Guard("AWS::DynamoDB::Table", "DeletionProtectionEnabled", False, _off),
)
"""Defaults are those of https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/."""


def weakened(old: Deployment, new: Deployment) -> Iterator[Finding]:
    """Yield what protects data or keys less than before."""
    for stack in sorted(old.stacks & new.stacks):
        if old.is_protected(stack) and not new.is_protected(stack):
            why = "one command deletes it with what it does not retain"
            yield Finding(Kind.UNPROTECTED, stack, "termination protection is off", why)
    for place in sorted({*old.resources} & {*new.resources}):
        before, after = old.resources[place], new.resources[place]
        yield from _policies(before, after)
        yield from _properties(before, after)
    yield from _expiries(old, new)


def _policies(before: Resource, after: Resource) -> Iterator[Finding]:
    if not keeps(before):
        return
    for key in ("DeletionPolicy", "UpdateReplacePolicy"):
        old, new = (each.stack.resources[each.id].get(key, "Delete") for each in (before, after))
        if _RANKS.get(new, 0) < _RANKS.get(old, 0):
            yield Finding(Kind.UNPROTECTED, str(after), f"{key} {old} → {new}", _WHY)


def _properties(before: Resource, after: Resource) -> Iterator[Finding]:
    for guard in _GUARDS:
        if guard.kind == before.kind == after.kind:
            old, new = (_at(each.properties, guard.path, guard.default) for each in (before, after))
            if guard.weaker(old, new):
                told = [
                    text if isinstance(text, str | int | float) else "set" for text in (old, new or "gone")
                ]
                yield Finding(Kind.UNPROTECTED, str(after), f"{guard.path} {told[0]} → {told[1]}", _WHY)


def _at(value: Any, path: str, default: Any) -> Any:
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return default if value is None else value


def _expiries(old: Deployment, new: Deployment) -> Iterator[Finding]:
    """Yield objects that are to expire, or sooner than before, where there may be some already."""
    locations = [table.location.removeprefix("s3://") + "/" for table in tables(old.assembly)]
    for after in new.assembly.of("AWS::S3::Bucket"):
        before = old.resources.get(str(after))
        if before is None:
            continue
        known = dict(_rules(before))
        own = [
            each.removeprefix(f"{before.name}/") for each in locations if each.startswith(f"{before.name}/")
        ]
        for (what, prefix), days in _rules(after):
            covered = [
                had for (same, wider), had in known.items() if same == what and prefix.startswith(wider)
            ]
            there = not own or any(each.startswith(prefix) or prefix.startswith(each) for each in own)
            if there and days < min(covered, default=_FOREVER):
                told = f"{what} below {prefix or 'its root'} go after {days:g} days"
                yield Finding(Kind.UNPROTECTED, str(after), told, "S3 deletes what is older, at once")


def _rules(bucket: Resource) -> Iterator[tuple[tuple[str, str], float]]:
    for rule in bucket.properties.get("LifecycleConfiguration", {}).get("Rules", []):
        if rule.get("Status") != "Enabled":
            continue
        prefix = str(rule.get("Prefix") or "")
        if "ExpirationInDays" in rule or "ExpirationDate" in rule:
            yield ("objects", prefix), float(rule.get("ExpirationInDays", 0))
        older = rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays")
        older = older or rule.get("NoncurrentVersionExpirationInDays")
        if older is not None:
            yield ("old versions", prefix), float(older)
