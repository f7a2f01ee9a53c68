"""The right of a role to read what is deployed with its stack."""

from typing import Protocol

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from stacks.components.access.statements import READ_OBJECTS, allow

_ONE_KEY = "the laptop's bootstrap has no key of its own"


class DeployedFile(Protocol):
    """One object of the bucket of assets."""

    @property
    def bucket(self) -> s3.IBucket:
        """The bucket of assets."""
        ...

    @property
    def s3_object_key(self) -> str:
        """Name of the object."""
        ...


def read_asset(role: iam.Role, asset: DeployedFile) -> None:
    """Let a role read one deployed file, also where the account was bootstrapped with a key of its own.

    That key is known to nobody here: whichever it is, it may be used on objects of the assets' bucket alone,
    and only as far as its own policy lets the account.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context
    """
    stack = cdk.Stack.of(role)
    allow(role, READ_OBJECTS, [asset.bucket.arn_for_objects(asset.s3_object_key)])
    allow(
        role,
        ["kms:Decrypt"],
        [f"arn:{stack.partition}:kms:{stack.region}:{stack.account}:key/*"],
        why_wildcard="the key of the bootstrap is not known; the condition names the bucket that it serves",
        not_asked=_ONE_KEY,
        conditions={
            "StringEquals": {"kms:ViaService": f"s3.{stack.region}.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": f"{asset.bucket.bucket_arn}*"},
        },
    )
