"""A trail of the lake's own: what it records, where it writes, and who uses the key of its files.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
"""

import aws_cdk as cdk
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.components.access.people import principal_arns
from stacks.components.storage.key_policy import CONTEXT, statement, use
from stacks.components.storage.lake_bucket import ACCESS_LOGS_PREFIX, keep_in_one_region, partitioned_by_day
from stacks.features.audit.settings import LockSettings
from stacks.features.audit.tables import LOGGED
from stacks.lake_stack import KEEP, LakeStack
from stacks.policies.acknowledgements import acknowledge_compliance
from stacks.resources import FoundationResources

ROLE = "audit-trail"
"""What the bucket of the trail is for, as its name says."""

_SERVICE = "cloudtrail.amazonaws.com"


def trail_arn(stack: LakeStack) -> str:
    """ARN of the trail, which policies name before it is made."""
    name = stack.naming.resource("trail")
    return f"arn:{stack.partition}:cloudtrail:{stack.region}:{stack.account}:trail/{name}"


def open_key(stack: LakeStack, foundation: FoundationResources, readers: tuple[str, ...]) -> None:
    """Let the trail encrypt its files with the key of logs, and those who read them decrypt.

    CloudTrail sends no encryption context where it describes the key. Whoever decrypts does so through S3, in
    the context that the trail encrypted in.
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html

    Args:
        stack: The stack of the key.
        foundation: The key.
        readers: Personas who read.
    """
    arn = trail_arn(stack)
    from_trail = {"StringEquals": {"aws:SourceArn": arn}}
    in_context = {**from_trail, "StringLike": {f"{CONTEXT}:aws:cloudtrail:arn": arn}}
    caller = iam.ServicePrincipal(_SERVICE)
    people = [
        *principal_arns(stack, stack.settings.people.auditors),
        *(stack.arns.role(stack.naming.resource(each)) for each in readers),
    ]
    context = {"aws:cloudtrail:arn": [arn]}
    for each in (
        statement("TrailDescribes", caller, from_trail, "DescribeKey"),
        statement("TrailEncrypts", caller, in_context, "GenerateDataKey*"),
        use(stack, "Auditors", people, ["s3"], actions=["kms:Decrypt"], context=context),
    ):
        foundation.logs_key.add_to_resource_policy(each)


class OwnTrail(Construct):
    """The trail and its bucket."""

    def __init__(
        self,
        stack: LakeStack,
        construct_id: str,
        *,
        foundation: FoundationResources,
        keep_days: int,
        lock: LockSettings | None,
    ) -> None:
        """Keep files for `keep_days`, under a lock if there is one."""
        super().__init__(stack, construct_id)
        self._stack = stack
        self.bucket = self._bucket(foundation, keep_days, lock)
        self._let_write()
        self.trail = self._trail(foundation)

    def _bucket(
        self, foundation: FoundationResources, keep_days: int, lock: LockSettings | None
    ) -> s3.Bucket:
        """Private, TLS only, versioned, logged.

        The trail names the key of its files itself. Its digests are under S3's keys, and a default key would
        be asked for without the encryption context of the trail, which is all that the key's policy takes.
        https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html
        """
        bucket = s3.Bucket(
            self,
            "Bucket",
            bucket_name=self._stack.naming.bucket(ROLE),
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            server_access_logs_bucket=foundation.access_logs,
            server_access_logs_prefix=ACCESS_LOGS_PREFIX,
            target_object_key_format=partitioned_by_day(),
            object_lock_enabled=True if lock else None,
            object_lock_default_retention=_retention(lock),
            removal_policy=KEEP,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="Expire",
                    expiration=cdk.Duration.days(keep_days),
                    noncurrent_version_expiration=cdk.Duration.days(1),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                )
            ],
        )
        acknowledge_compliance(
            bucket,
            "S3DefaultEncryptionKMS",
            "the trail encrypts its files with the key of logs; the bucket's default is for its digests, "
            "which are signed hashes",
        )
        keep_in_one_region(bucket)
        return bucket

    def _let_write(self) -> None:
        """https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html."""
        from_trail = {"aws:SourceArn": trail_arn(self._stack)}
        files = self.bucket.arn_for_objects(f"AWSLogs/{self._stack.account}/*")
        for sid, action, resource, equal in (
            ("TrailAcl", "s3:GetBucketAcl", self.bucket.bucket_arn, from_trail),
            (
                "TrailWrite",
                "s3:PutObject",
                files,
                {**from_trail, "s3:x-amz-acl": "bucket-owner-full-control"},
            ),
        ):
            self.bucket.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=sid,
                    principals=[iam.ServicePrincipal(_SERVICE)],
                    actions=[action],
                    resources=[resource],
                    conditions={"StringEquals": equal},
                )
            )

    def _trail(self, foundation: FoundationResources) -> cloudtrail.CfnTrail:
        """Record every management event, and every read or write of an object of the lake.

        The trail's own bucket is left out, as is that of the access logs: each would tell of itself.
        """
        event = cloudtrail.CfnTrail.AdvancedEventSelectorProperty
        field = cloudtrail.CfnTrail.AdvancedFieldSelectorProperty
        trail = cloudtrail.CfnTrail(
            self,
            "Trail",
            trail_name=self._stack.naming.resource("trail"),
            s3_bucket_name=self.bucket.bucket_name,
            kms_key_id=foundation.logs_key.key_arn,
            is_logging=True,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            advanced_event_selectors=[
                event(
                    name="Management events",
                    field_selectors=[field(field="eventCategory", equal_to=["Management"])],
                ),
                event(
                    name="Objects of the lake",
                    field_selectors=[
                        field(field="eventCategory", equal_to=["Data"]),
                        field(field="resources.type", equal_to=["AWS::S3::Object"]),
                        field(
                            field="resources.ARN",
                            starts_with=[f"{self._stack.arns.bucket(role)}/" for role in LOGGED],
                        ),
                    ],
                ),
            ],
        )
        acknowledge_compliance(
            trail,
            "CloudTrailCloudWatchLogsEnabled",
            "CloudWatch would bill every read and write of an object again; S3 has all of it, encrypted and "
            "locked, and digests that tell changes",
        )
        if self.bucket.policy is not None:
            trail.node.add_dependency(self.bucket.policy)
        return trail

    def come_last(self) -> None:
        """Make the trail when all else of its stack is there.

        It writes into its bucket at once, and no rollback can delete a bucket that holds anything.
        """
        others = (child for child in self._stack.node.children if child is not self)
        self.trail.node.add_dependency(*others)


def _retention(lock: LockSettings | None) -> s3.ObjectLockRetention | None:
    if lock is None:
        return None
    days = cdk.Duration.days(lock.days)
    made = s3.ObjectLockRetention
    return made.compliance(days) if lock.mode == "compliance" else made.governance(days)
