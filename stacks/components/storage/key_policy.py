"""Key policies: whoever administers a key does not use it, and whoever uses it asks through a service.

No statement leaves the key to the account's IAM policies as a whole, so `kms:*` on `*` opens none of them.
Roles of the lake are known by their names, in a condition: KMS refuses a policy that names a principal which
does not exist yet. https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
"""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_iam as iam

from stacks.components.access.people import principal_arns
from stacks.components.access.statements import USE_KEY
from stacks.lake_stack import LakeStack

CALLER = "aws:PrincipalArn"
CONTEXT = "kms:EncryptionContext"

ADMINISTER = (
    "CancelKeyDeletion", "CreateAlias", "DeleteAlias", "DescribeKey", "DisableKey", "DisableKeyRotation",
    "EnableKey", "EnableKeyRotation", "GetKeyPolicy", "GetKeyRotationStatus", "ListGrants", "ListKeyPolicies",
    "ListKeyRotations", "ListResourceTags", "PutKeyPolicy", "RevokeGrant", "RotateKeyOnDemand",
    "ScheduleKeyDeletion", "TagResource", "UntagResource", "UpdateAlias", "UpdateKeyDescription",
)  # fmt: skip
"""What AWS's default gives administrators, but for `CreateGrant`, by which they could use the key themselves.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-administrators
"""


def deployment_role(stack: LakeStack) -> str:
    """ARN of the role of the CDK's bootstrap with which CloudFormation deploys.

    https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
    """
    qualifier = stack.synthesizer.bootstrap_qualifier
    return stack.arns.role(f"cdk-{qualifier}-cfn-exec-role-{stack.account}-{stack.region}")


def lake_roles(stack: LakeStack) -> list[str]:
    """Values of `aws:PrincipalArn` of every role of the lake, with wildcards."""
    return [stack.arns.role(pattern) for pattern in stack.naming.roles]


def administration(stack: LakeStack) -> list[iam.PolicyStatement]:
    """Let the deployment, people of the settings and the account's root user administer a key.

    The deployment's role is named as it makes the key, so it exists; without a condition, since KMS makes no
    key whose maker could not change its policy. KMS notes a principal by its unique id, which a role that is
    made anew does not have: the condition knows it by name again, and the root user, whom nobody can delete.
    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#prevent-unmanageable-key
    """
    role = deployment_role(stack)
    people = principal_arns(stack, ("root", *stack.settings.people.key_administrators))
    return [
        statement("DeploymentAdministers", iam.ArnPrincipal(role), {}, *ADMINISTER),
        statement(
            "Administrators",
            iam.AccountPrincipal(stack.account),
            {"ArnLike": {CALLER: [role, *people]}},
            *ADMINISTER,
        ),
    ]


def use(
    stack: LakeStack,
    sid: str,
    callers: Sequence[str],
    services: Sequence[str],
    *,
    actions: Sequence[str] = USE_KEY,
    context: Mapping[str, Sequence[str]] | None = None,
) -> iam.PolicyStatement:
    """Let some principals of the account use a key through some services, as far as IAM lets them.

    A service that acts for its caller hands the caller on, so the principal is theirs, not the service's:
    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service

    Args:
        stack: The stack of the key.
        sid: Name of the statement.
        callers: Values of `aws:PrincipalArn`, with wildcards.
        services: Such as `s3`.
        actions: KMS actions, with or without the service's name.
        context: Values of the encryption context, with wildcards, by key.
    """
    conditions: dict[str, dict[str, object]] = {
        "StringEquals": {
            "kms:ViaService": [f"{service}.{stack.region}.amazonaws.com" for service in services]
        },
        "ArnLike": {CALLER: list(callers)},
    }
    if context:
        conditions["StringLike"] = {f"{CONTEXT}:{key}": list(values) for key, values in context.items()}
    names = [action.removeprefix("kms:") for action in actions]
    return statement(sid, iam.AccountPrincipal(stack.account), conditions, *names)


def statement(
    sid: str, principal: iam.IPrincipal, conditions: Mapping[str, object], *actions: str
) -> iam.PolicyStatement:
    """Allow KMS actions, named without the service, on the key whose policy this is."""
    return iam.PolicyStatement(
        sid=sid,
        principals=[principal],
        actions=[f"kms:{action}" for action in actions],
        resources=["*"],
        conditions=conditions,
    )
