"""CloudFormation gives buckets the Object Lock and the access logging that a template asks for.

ministack 1.5.33 ignores `ObjectLockConfiguration` and `LoggingConfiguration` in templates.

Proven by `tests/local/patches/s3/test_bucket_locks.py`. Not emulated: a lock that is taken away, which AWS
refuses.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import s3
from ministack.services.cloudformation import provisioners

_Physical = tuple[str, dict[str, Any]]
_NAMES = {"DestinationBucketName": "TargetBucket", "LogFilePrefix": "TargetPrefix"}


def apply() -> None:
    """Set both after the emulator's own handlers."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    create, update = handlers["create"], handlers["update"]
    handlers["create"] = lambda logical_id, props, stack: _configured(
        props, lambda: create(logical_id, props, stack)
    )
    handlers["update"] = lambda name, old, new, stack: _configured(new, lambda: update(name, old, new, stack))


def _configured(props: dict[str, Any], change: Callable[[], _Physical]) -> _Physical:
    name, attributes = change()
    if props.get("ObjectLockEnabled") or "ObjectLockConfiguration" in props:
        rule = props.get("ObjectLockConfiguration", {}).get("Rule", {}).get("DefaultRetention")
        retention = (
            {key: int(value) if key != "Mode" else value for key, value in rule.items()} if rule else None
        )
        s3._bucket_object_lock[name] = {"enabled": True, "default_retention": retention}
        s3._bucket_versioning[name] = "Enabled"
    logging = props.get("LoggingConfiguration")
    if not logging:
        s3._bucket_logging_config.pop(name, None)
        return name, attributes
    inner = "".join(_elements({"LoggingEnabled": logging}))
    s3._put_bucket_logging(
        name, f'<BucketLoggingStatus xmlns="{s3.S3_NS}">{inner}</BucketLoggingStatus>'.encode()
    )
    return name, attributes


def _elements(value: Mapping[str, Any]) -> Iterator[str]:
    for key, held in value.items():
        name = _NAMES.get(key, key)
        content = "".join(_elements(held)) if isinstance(held, Mapping) else escape(str(held))
        yield f"<{name}>{content}</{name}>"
