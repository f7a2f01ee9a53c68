"""KMS and Secrets Manager."""

from collections.abc import Iterator

from tools.assembly.assembly import Resource
from tools.lake.cost.charges import Charge, always, in_use
from tools.lake.cost.subject import LAKE, Subject


def key(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """A key, and its former versions, of which AWS bills the first two.

    https://aws.amazon.com/kms/pricing/
    """
    yield Charge("kms_key", always(1), LAKE)
    if resource.properties.get("EnableKeyRotation"):
        _, low, high = subject.assumed("rotated_keys")
        yield Charge("kms_key", in_use(low, high), LAKE)


def secret(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """A secret."""
    yield Charge("secret", always(1), LAKE)


RULES = {"AWS::KMS::Key": key, "AWS::SecretsManager::Secret": secret}
