"""The role of people who read back what `lake.masking: tokenize` has encrypted."""

from aws_cdk import aws_iam as iam

from lakehouse.model.dataset import Layer
from stacks.components.access.people import trusted
from stacks.components.access.statements import allow, read_secrets, tell_asked_when
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

DETOKENIZER = "detokenizer"
"""What the name of the role ends with."""


def detokenizer_role(stack: LakeStack, foundation: FoundationResources) -> None:
    """Make the role, which reads the token key and no table: who looks a token up has it from others.

    CloudTrail notes each read of the key, with the session that asked:
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
    """
    role = iam.Role(
        stack,
        "DetokenizerRole",
        role_name=stack.naming.resource(DETOKENIZER),
        assumed_by=trusted(stack, stack.settings.people.detokenizers),
        description="Reads back what tokens stand for",
    )
    tell_asked_when(role, "somebody may know what a token stands for")
    read_secrets(role, [foundation.token_secret])
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    by_secrets = {"kms:ViaService": f"secretsmanager.{stack.region}.amazonaws.com"}
    silver = foundation.keys[Layer.SILVER].key_arn
    allow(role, ["kms:Decrypt"], [silver], conditions={"StringEquals": by_secrets})
