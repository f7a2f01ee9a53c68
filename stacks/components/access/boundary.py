"""The upper bound of every role of the lake."""

from aws_cdk import aws_iam as iam

from stacks.lake_stack import LakeStack, boundary_name
from stacks.policies.acknowledgements import acknowledge, acknowledge_compliance

REFUSED = {
    "Identity": ("iam:*", "organizations:*", "account:*", "sts:AssumeRole"),
    "Trail": (
        "cloudtrail:DeleteTrail", "cloudtrail:PutEventSelectors", "cloudtrail:StopLogging",
        "cloudtrail:UpdateTrail",
    ),
    "Keys": (
        "kms:CreateGrant", "kms:DeleteAlias", "kms:DisableKey", "kms:DisableKeyRotation", "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion", "kms:UpdateAlias",
    ),
    "Buckets": (
        "s3:BypassGovernanceRetention", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:PutBucketAcl",
        "s3:PutBucketLogging", "s3:PutBucketObjectLockConfiguration", "s3:PutBucketOwnershipControls",
        "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock", "s3:PutBucketVersioning",
        "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration", "s3:PutReplicationConfiguration",
    ),
    "Logs": ("logs:DeleteLogGroup", "logs:DeleteRetentionPolicy", "logs:DisassociateKmsKey"),
}  # fmt: skip
"""What no role of the lake may do, whatever its own policy says: become another, hide, or open data."""

_LIMITS = "a boundary only limits: a role may do what its own policy and this one both allow"


def boundary(stack: LakeStack) -> iam.ManagedPolicy:
    """Make the policy that bounds every role of the environment."""
    policy = iam.ManagedPolicy(
        stack,
        "Boundary",
        managed_policy_name=boundary_name(stack.settings),
        description="Upper bound of every role of the lake: grants nothing by itself",
        statements=[
            iam.PolicyStatement(actions=["*"], resources=["*"]),
            *(
                iam.PolicyStatement(
                    sid=f"No{what}", effect=iam.Effect.DENY, actions=list(actions), resources=["*"]
                )
                for what, actions in REFUSED.items()
            ),
        ],
    )
    for finding in ("Action::*", "Resource::*"):
        acknowledge(policy, f"AwsSolutions-IAM5[{finding}]", _LIMITS)
    for rule in ("IAMPolicyNoStatementsWithAdminAccess", "IAMPolicyNoStatementsWithFullAccess"):
        acknowledge_compliance(policy, rule, _LIMITS)
    return policy
