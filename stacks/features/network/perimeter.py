"""Buckets that answer requests from the network, from AWS's services, and from whom the settings name.

After AWS's example of a network perimeter:
https://github.com/aws-samples/data-perimeter-policy-examples/blob/main/resource_based_policies/s3_bucket_policy.json
Keys of the lake need no such statement: they can be used through S3, Kinesis and Secrets Manager alone
(`stacks/components/storage/data_keys.py`), and those ask KMS from networks of their own.
"""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_iam as iam

from stacks.components.access.people import principal_arns
from stacks.components.storage.lake_bucket import LakeBucket
from stacks.features.network.settings import OutsideAccess
from stacks.lake_stack import LakeStack

EXCLUDED_TAG, EXCLUDED = "dp:exclude:network", "true"
"""Tag of roles with which AWS's services ask from their own networks, as AWS's examples name it.

Only who may tag roles can set it: no role of the lake may be assumed with tags for the session, which would
need `sts:TagSession`. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
"""

OBJECTS = (
    "s3:AbortMultipartUpload", "s3:DeleteObject*", "s3:GetObject*", "s3:ListBucket", "s3:ListBucketVersions",
    "s3:ListMultipartUploadParts", "s3:PutObject*", "s3:RestoreObject",
)  # fmt: skip
"""What the network is asked for: objects. How a bucket is set up, the roles that deploy decide from anywhere,
or a fault in this statement could never be mended."""

_SERVICE_LINKED = "role/aws-service-role/*"


def close(
    stack: LakeStack, buckets: Mapping[str, LakeBucket], s3_endpoint: str, outside: OutsideAccess
) -> None:
    """Refuse objects of the lake's buckets, given by role, to who comes from elsewhere."""
    people = stack.settings.people
    testers = dict.fromkeys(("landing", "bronze", "quarantine"), people.smoke_testers)
    besides = {**testers, "landing": (*people.producers, *people.smoke_testers)}
    for role, bucket in buckets.items():
        principals = [*outside.principals, *besides.get(role, ()), *people.break_glass]
        bucket.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="FromTheNetwork",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=list(OBJECTS),
                resources=[bucket.bucket.bucket_arn, bucket.bucket.arn_for_objects("*")],
                conditions=_elsewhere(s3_endpoint, outside, principal_arns(stack, principals), stack),
            )
        )


def _elsewhere(
    s3_endpoint: str, outside: OutsideAccess, principals: Sequence[str], stack: LakeStack
) -> dict[str, dict[str, object]]:
    """Return the condition of who comes from elsewhere: all that is no exception.

    - `aws:ViaAWSService`: a service that was asked by somebody, as Athena, which writes results for them.
    - `aws:PrincipalIsAWSService`: a service that asks for itself.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    service_linked = principal_arns(stack, [_SERVICE_LINKED])
    found: dict[str, dict[str, object]] = {
        "StringNotEqualsIfExists": {
            "aws:SourceVpce": [s3_endpoint, *outside.vpc_endpoints],
            f"aws:PrincipalTag/{EXCLUDED_TAG}": EXCLUDED,
        },
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false"},
        "ArnNotLikeIfExists": {"aws:PrincipalArn": list(dict.fromkeys([*service_linked, *principals]))},
    }
    if outside.cidrs:
        found["NotIpAddressIfExists"] = {"aws:SourceIp": list(outside.cidrs)}
    return found
