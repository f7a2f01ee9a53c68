"""CloudFormation sets the default encryption that a bucket's template asks for.

ministack 1.5.33 ignores `BucketEncryption`, so that objects are stored without the key that a template names,
and nobody needs the right to use it.

Proven by `tests/local/patches/s3/test_bucket_encryption.py`. Not emulated: the AWS managed key of S3, which
`aws:kms` without a key means; such a bucket stays without default encryption.
"""

from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import s3
from ministack.services.cloudformation import provisioners

_Physical = tuple[str, dict[str, Any]]


def apply() -> None:
    """Set or remove the default encryption after the emulator's own handlers."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    create, update = handlers["create"], handlers["update"]
    handlers["create"] = lambda logical_id, props, stack: _encrypted(
        props, lambda: create(logical_id, props, stack)
    )
    handlers["update"] = lambda name, old, new, stack: _encrypted(new, lambda: update(name, old, new, stack))


def _encrypted(props: dict[str, Any], change: Callable[[], _Physical]) -> _Physical:
    name, attributes = change()
    rules = props.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
    default = rules[0].get("ServerSideEncryptionByDefault", {}) if rules else {}
    if default.get("KMSMasterKeyID") or default.get("SSEAlgorithm") == "AES256":
        s3._put_bucket_encryption(name, _document(rules[0]).encode())
    else:
        s3._delete_bucket_encryption(name)
    return name, attributes


def _document(rule: dict[str, Any]) -> str:
    default = rule.get("ServerSideEncryptionByDefault", {})
    key = default.get("KMSMasterKeyID")
    enabled = str(rule.get("BucketKeyEnabled", False)).lower()
    return (
        "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
        f"<SSEAlgorithm>{escape(default.get('SSEAlgorithm', 'AES256'))}</SSEAlgorithm>"
        + (f"<KMSMasterKeyID>{escape(key)}</KMSMasterKeyID>" if key else "")
        + "</ApplyServerSideEncryptionByDefault>"
        f"<BucketKeyEnabled>{enabled}</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>"
    )
