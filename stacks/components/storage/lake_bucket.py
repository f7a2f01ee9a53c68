"""Buckets: private, TLS only, versioned, logged; encrypted by the key of their layer."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.lake_stack import KEEP
from stacks.policies.acknowledgements import acknowledge


class AccessLogBucket(Construct):
    """Receives S3 access logs and the audit trail.

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
        acknowledge(self.bucket, "AwsSolutions-S1", "a bucket that logs to itself would never stop logging")


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
        """Encrypt with `key` and log reads and writes into `access_logs` under the bucket's name."""
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
            server_access_logs_prefix=f"{name}/",
            lifecycle_rules=lifecycle,
            object_lock_default_retention=(
                s3.ObjectLockRetention.governance(cdk.Duration.days(object_lock_days))
                if object_lock_days
                else None
            ),
            metrics=[s3.BucketMetrics(id="EntireBucket")],
            removal_policy=KEEP,
        )

    def publish_events(self) -> None:
        """Send the bucket's events to EventBridge.

        Set on the resource, because the construct's own switch deploys a function that may change any
        bucket's notifications.
        """
        resource = self.bucket.node.default_child
        if not isinstance(resource, s3.CfnBucket):
            raise TypeError(f"got {type(resource).__name__}; allowed: CfnBucket")
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(
                event_bridge_enabled=True
            )
        )

    def refuse_deletion(self) -> None:
        """Let nobody delete an object version; lifecycle rules of the bucket itself still apply."""
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="NobodyDeletes",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["s3:DeleteObject", "s3:DeleteObjectVersion"],
                resources=[self.bucket.arn_for_objects("*")],
            )
        )
