"""Who may use the key of a layer, and through which services: those that encrypt with it, and no others."""

from collections.abc import Iterable, Mapping, Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from lakehouse.model.dataset import Layer
from stacks.components.access.people import principal_arns
from stacks.components.storage.key_policy import administration, deployment_role, lake_roles, use
from stacks.lake_stack import KEEP, LakeStack

SERVICES: Mapping[Layer, Sequence[str]] = {
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    # https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html
    Layer.BRONZE: ("s3", "kinesis"),
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html (the masking key)
    Layer.SILVER: ("s3", "secretsmanager"),
    # https://docs.aws.amazon.com/athena/latest/ug/encryption.html (results, to S3 as whoever asks)
    Layer.GOLD: ("s3",),
    Layer.QUARANTINE: ("s3",),
}
"""Services that encrypt with the key of a layer.

Firehose, Glue, Athena and Lambda are not among them: they read and write S3, Kinesis and Secrets Manager as a
role of the lake, and KMS is then told of the service that encrypts.
https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html
"""

MADE_ENCRYPTED: Mapping[Layer, str] = {
    # StartStreamEncryption answers with KMS's refusals:
    # https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StartStreamEncryption.html
    Layer.BRONZE: "kinesis",
    # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
    Layer.SILVER: "secretsmanager",
}
"""The service that uses the key of a layer when CloudFormation makes what it encrypts."""


def data_key(stack: LakeStack, layer: Layer, storing: Iterable[str] = ()) -> kms.Key:
    """Make the key of a layer; `storing` are services that encrypt storage of their own with it."""
    statements = [*administration(stack), use(stack, "RolesOfTheLake", lake_roles(stack), SERVICES[layer])]
    for service in storing:
        statements += _storage_of(stack, service)
    if layer in MADE_ENCRYPTED:
        making = [MADE_ENCRYPTED[layer]]
        statements.append(use(stack, "DeploymentMakes", [deployment_role(stack)], making))
    if layer is Layer.BRONZE:
        statements += [*_producers(stack), *_testers(stack)]
    return key(stack, layer.title(), f"Encrypts the {layer} layer", statements)


def key(
    stack: LakeStack, construct_id: str, description: str, statements: Sequence[iam.PolicyStatement]
) -> kms.Key:
    """Make a key with these statements alone: without a policy it would get one that trusts the account."""
    return kms.Key(
        stack,
        f"{construct_id}Key",
        alias=stack.naming.resource(construct_id.lower()),
        description=description,
        enable_key_rotation=True,
        removal_policy=KEEP,
        policy=iam.PolicyDocument(statements=list(statements)),
    )


def _storage_of(stack: LakeStack, service: str) -> list[iam.PolicyStatement]:
    """Let a service keep what is encrypted for those who make it or start it.

    It asks as they do at first, and by grants afterwards:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.html#CHAP_Security.EncryptionKey
    """
    operators = principal_arns(stack, stack.settings.people.operator)
    callers = [deployment_role(stack), *lake_roles(stack), *operators]
    name = service.title()
    actions = ("Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey*", "ReEncrypt*")
    grants = use(stack, f"GrantsOf{name}", callers, [service], actions=["CreateGrant"])
    grants.add_conditions({"Bool": {"kms:GrantIsForAWSResource": "true"}})
    return [use(stack, f"StorageOf{name}", callers, [service], actions=actions), grants]


def _producers(stack: LakeStack) -> list[iam.PolicyStatement]:
    """They put records on streams and files into landing, and read neither streams nor bronze."""
    producers = principal_arns(stack, stack.settings.people.producers)
    if not producers:
        return []
    streams = f"arn:{stack.partition}:kinesis:{stack.region}:{stack.account}:stream/{stack.naming.prefix}-*"
    landing = stack.arns.bucket("landing")
    return [
        use(
            stack,
            "ProducersOfRecords",
            producers,
            ["kinesis"],
            actions=["kms:GenerateDataKey"],
            context={"aws:kinesis:arn": [streams]},
        ),
        # Decrypt is for uploads in parts. With a bucket key the context is the bucket:
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
        use(
            stack,
            "ProducersOfFiles",
            producers,
            ["s3"],
            context={"aws:s3:arn": [landing, f"{landing}/*"]},
        ),
    ]


def _testers(stack: LakeStack) -> list[iam.PolicyStatement]:
    """They send what a producer sends, and look for it in bronze."""
    testers = principal_arns(stack, stack.settings.people.smoke_testers)
    return [use(stack, "SmokeTesters", testers, SERVICES[Layer.BRONZE])] if testers else []
