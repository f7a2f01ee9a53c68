"""AWS Config: its recorder, where the account has none, and the lake's promises as a conformance pack."""

import json

from aws_cdk import aws_config as config
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.features.security_findings.settings import ConfigSettings
from stacks.lake_stack import COST_TAG, LakeStack
from stacks.resources import FoundationResources

_CONFIG = "config.amazonaws.com"

RECORDED = (
    "AWS::Athena::WorkGroup", "AWS::CloudTrail::Trail", "AWS::IAM::Policy", "AWS::IAM::Role",
    "AWS::Kinesis::Stream", "AWS::KMS::Key", "AWS::Lambda::Function", "AWS::S3::Bucket", "AWS::SNS::Topic",
    "AWS::SQS::Queue",
)  # fmt: skip
"""Kinds of resources whose changes are noted: those that the pack asks about, and what guards them.

Each change costs 0.003 USD. https://docs.aws.amazon.com/config/latest/developerguide/resource-config-reference.html
"""

RULES = {
    "BucketsRefusePlainHttp": "S3_BUCKET_SSL_REQUESTS_ONLY",
    "BucketsArePrivate": "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
    "BucketsKeepVersions": "S3_BUCKET_VERSIONING_ENABLED",
    "BucketsEncrypt": "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED",
    "StreamsEncrypt": "KINESIS_STREAM_ENCRYPTED",
    "TopicsEncrypt": "SNS_ENCRYPTED_KMS",
    "FunctionsAreNotPublic": "LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED",
    "ResultsEncrypt": "ATHENA_WORKGROUP_ENCRYPTED_AT_REST",
}
"""AWS's managed rules that ask for what the lake promises, by what they are called here.

All judge a resource when it changes: those that judge by the clock take no tag, and would judge the account.
https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html
"""


class Conformance(Construct):
    """Checks the lake's resources, by their tag."""

    def __init__(
        self,
        scope: LakeStack,
        construct_id: str,
        *,
        settings: ConfigSettings,
        foundation: FoundationResources,
    ) -> None:
        """Build the pack, and what it needs if the account has none."""
        super().__init__(scope, construct_id)
        self._stack = scope
        pack = config.CfnConformancePack(
            self,
            "Pack",
            conformance_pack_name=scope.naming.prefix,
            template_body=json.dumps(pack_template(scope.naming.prefix), indent=1),
        )
        if not settings.existing:
            recorder, channel = self._recorder(foundation)
            pack.add_resource_dependency(recorder)
            pack.add_resource_dependency(channel)

    def _recorder(
        self, foundation: FoundationResources
    ) -> tuple[config.CfnConfigurationRecorder, config.CfnDeliveryChannel]:
        """Make recorder and channel; neither names the other, since each waits for the other to be there.

        It records as the role that AWS makes for it, which has to be there.
        https://docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles.html
        """
        of = config.CfnConfigurationRecorder
        recorder = of(
            self,
            "Recorder",
            name="default",
            role_arn=self._stack.arns.role(f"aws-service-role/{_CONFIG}/AWSServiceRoleForConfig"),
            recording_group=of.RecordingGroupProperty(
                all_supported=False,
                include_global_resource_types=False,
                resource_types=list(RECORDED),
                recording_strategy=of.RecordingStrategyProperty(use_only="INCLUSION_BY_RESOURCE_TYPES"),
            ),
        )
        channel = config.CfnDeliveryChannel(
            self, "Channel", name="default", s3_bucket_name=foundation.access_logs.bucket_name
        )
        return recorder, channel


def pack_template(prefix: str) -> dict[str, object]:
    """Return the pack of an environment whose resources have this value of the lake's tag.

    https://docs.aws.amazon.com/config/latest/developerguide/custom-conformance-pack.html
    """
    scope = {"TagKey": COST_TAG, "TagValue": prefix}
    return {
        "Resources": {
            name: {
                "Type": "AWS::Config::ConfigRule",
                "Properties": {
                    "ConfigRuleName": name,
                    "Scope": scope,
                    "Source": {"Owner": "AWS", "SourceIdentifier": identifier},
                },
            }
            for name, identifier in RULES.items()
        }
    }


def let_config_write(stack: LakeStack, foundation: FoundationResources) -> None:
    """Let AWS Config deliver what it noted into the bucket of logs.

    https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
    """
    bucket = foundation.access_logs
    owner = {"StringEquals": {"aws:SourceAccount": stack.account}}
    written = {"StringEquals": {**owner["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"}}
    for sid, action, resource, conditions in (
        ("ConfigAcl", "s3:GetBucketAcl", bucket.bucket_arn, owner),
        ("ConfigLists", "s3:ListBucket", bucket.bucket_arn, owner),
        (
            "ConfigWrites",
            "s3:PutObject",
            bucket.arn_for_objects(f"AWSLogs/{stack.account}/Config/*"),
            written,
        ),
    ):
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid,
                principals=[iam.ServicePrincipal(_CONFIG)],
                actions=[action],
                resources=[resource],
                conditions=conditions,
            )
        )
