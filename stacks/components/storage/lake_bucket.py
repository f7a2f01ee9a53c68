"""Buckets: private, TLS only, versioned, logged; encrypted by the key of their layer."""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.lake_stack import KEEP
from stacks.policies.acknowledgements import acknowledge, acknowledge_compliance

ALL_REQUESTS = "AllRequests"
"""Id of the filter under which S3 counts all requests to a bucket."""


ACCESS_LOGS_PREFIX = "requests/"
"""Prefix of the access logs of all buckets."""


def partitioned_by_day() -> s3.TargetObjectKeyFormat:
    """Keys of access logs: account, region, bucket and day of the requests, by which they can be queried.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PartitionedPrefix.html
    """
    return s3.TargetObjectKeyFormat.partitioned_prefix(s3.PartitionDateSource.EVENT_TIME)


class AccessLogBucket(Construct):
    """Receives S3 access logs.

    Encrypted with SSE-S3, because S3 delivers no access logs to a bucket under a KMS key:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str, expiry_days: int) -> None:
        """Keep logs for `expiry_days`."""
        super().__init__(scope, construct_id)
        self.bucket = s3.Bucket(
            self,
            "Resource",
            bucket_name=name,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            removal_policy=KEEP,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="Expire",
                    expiration=cdk.Duration.days(expiry_days),
                    noncurrent_version_expiration=cdk.Duration.days(1),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                )
            ],
        )
        itself = "a bucket that logs to itself would never stop logging"
        acknowledge(self.bucket, "AwsSolutions-S1", itself)
        acknowledge_compliance(self.bucket, "S3BucketLoggingEnabled", itself)
        acknowledge_compliance(
            self.bucket, "S3DefaultEncryptionKMS", "S3 delivers no access logs to a bucket under a KMS key"
        )
        keep_in_one_region(self.bucket)


class LakeBucket(Construct):
    """Holds data of one layer."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        key: kms.IKey,
        access_logs: s3.IBucket,
        lifecycle: Sequence[s3.LifecycleRule],
        object_lock_days: int | None,
    ) -> None:
        """Encrypt with `key` and log reads and writes into `access_logs`."""
        super().__init__(scope, construct_id)
        self.bucket = s3.Bucket(
            self,
            "Resource",
            bucket_name=name,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix=ACCESS_LOGS_PREFIX,
            target_object_key_format=partitioned_by_day(),
            lifecycle_rules=lifecycle,
            object_lock_default_retention=(
                s3.ObjectLockRetention.governance(cdk.Duration.days(object_lock_days))
                if object_lock_days
                else None
            ),
            removal_policy=KEEP,
        )
        self._refuse_other_keys(key)

    def _refuse_other_keys(self, key: kms.IKey) -> None:
        """Let nobody choose how an object is encrypted, but by naming the bucket's own key.

        Who says nothing gets the bucket's default. Who asks for `aws:kms` without a key would get the one
        that AWS manages, and the key that a customer sends is kept by nobody.
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
        """
        algorithm = "s3:x-amz-server-side-encryption"
        chosen: dict[str, object] = {"Null": {algorithm: "false"}}
        for sid, conditions in (
            ("OtherEncryption", {**chosen, "StringNotEquals": {algorithm: "aws:kms"}}),
            ("OtherKey", {**chosen, "StringNotEquals": {f"{algorithm}-aws-kms-key-id": key.key_arn}}),
            ("KeyOfTheSender", {"Null": {f"{algorithm}-customer-algorithm": "false"}}),
        ):
            self._deny(sid, ["s3:PutObject"], self.bucket.arn_for_objects("*"), conditions)

    def _deny(
        self, sid: str, actions: Sequence[str], resource: str, conditions: Mapping[str, object] | None = None
    ) -> None:
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid,
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=list(actions),
                resources=[resource],
                conditions=conditions,
            )
        )

    def count_requests(self) -> None:
        """Have S3 count all requests to the bucket, each minute.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-configurations.html
        """
        self.bucket.add_metric(id=ALL_REQUESTS)

    @property
    def resource(self) -> s3.CfnBucket:
        """The resource itself, for what the construct has no property, or too much behind it."""
        resource = self.bucket.node.default_child
        if not isinstance(resource, s3.CfnBucket):
            raise TypeError(f"got {type(resource).__name__}; allowed: CfnBucket")
        return resource

    def publish_events(self) -> None:
        """Send the bucket's events to EventBridge.

        Set on the resource, because the construct's own switch deploys a function that may change any
        bucket's notifications.
        """
        self.resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(
                event_bridge_enabled=True
            )
        )

    def refuse_deletion(self, *, break_glass: Sequence[str], erasers: Sequence[str], deployment: str) -> None:
        """Let nobody delete an object version; lifecycle rules of the bucket itself still apply.

        Nor may anybody but the role that deploys change the policy that says so, or the rules by which the
        bucket itself deletes, or copies elsewhere. Account root users can always delete a bucket's policy:
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html

        Args:
            break_glass: Values of `aws:PrincipalArn` of those who may do both.
            erasers: Of those who may delete, and do nothing else of it.
            deployment: ARN of the role by which CloudFormation deploys.
        """
        deleters = [*break_glass, *erasers]
        everybody_but = {"ArnNotLike": {"aws:PrincipalArn": deleters}} if deleters else None
        objects = self.bucket.arn_for_objects("*")
        self._deny("NobodyDeletes", ["s3:DeleteObject", "s3:DeleteObjectVersion"], objects, everybody_but)
        self._deny(
            "NobodyOpens",
            ["s3:DeleteBucketPolicy", "s3:PutBucketPolicy", "s3:PutBucketVersioning",
             "s3:PutLifecycleConfiguration", "s3:PutReplicationConfiguration"],
            self.bucket.bucket_arn,
            {"ArnNotLike": {"aws:PrincipalArn": [deployment, *break_glass]}},
        )  # fmt: skip


def keep_in_one_region(bucket: s3.Bucket) -> None:
    """Say why a bucket is not replicated."""
    acknowledge_compliance(
        bucket,
        "S3BucketReplicationEnabled",
        "an environment lives in one region: versions undo mistakes, and where else data may lie is for its "
        "owner to say",
    )
