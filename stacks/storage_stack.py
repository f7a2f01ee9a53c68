"""The medallion buckets."""

from collections.abc import Iterable, Mapping

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from config.settings import Settings, StorageSettings
from lakehouse.layout.paths import UNROUTED
from lakehouse.model.dataset import Layer
from stacks.components.access.eraser_role import ERASER
from stacks.components.access.people import principal_arns
from stacks.components.storage.bucket_alarms import bucket_alarms
from stacks.components.storage.key_policy import deployment_role
from stacks.components.storage.lake_bucket import LakeBucket, keep_in_one_region
from stacks.features.builder import FeatureBuilder
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

LAYER_OF_BUCKET = {
    "landing": Layer.BRONZE,
    "bronze": Layer.BRONZE,
    "silver": Layer.SILVER,
    "gold": Layer.GOLD,
    "quarantine": Layer.QUARANTINE,
    "query-results": Layer.GOLD,
}
"""Which layer's key encrypts a bucket: raw files are bronze to be, results are derived from gold."""


class StorageStack(LakeStack):
    """Buckets that never expire data unless a setting or a contract says so."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        foundation: FoundationResources,
        expiries: Mapping[str, int],
        features: Iterable[FeatureBuilder] = (),
    ) -> None:
        """Build a bucket per role; `expiries` are days by prefix after which bronze objects go.

        Features do with the buckets what they are for.
        """
        super().__init__(scope, construct_id, settings=settings, description="Buckets of the lake")
        self._expiries = expiries
        unrouted = settings.storage.unrouted_expiry_days
        self._expiring = {"bronze": expiries, "quarantine": {UNROUTED: unrouted} if unrouted else {}}
        self._warn_of_locks(settings.storage.object_lock_days)
        buckets = {role: self._bucket(role, foundation) for role in LAYER_OF_BUCKET}
        for role in ("landing", "bronze"):
            buckets[role].publish_events()
        for role in settings.alarms.counted_buckets:
            buckets[role].count_requests()
            bucket_alarms(self, role, foundation.alarm_topic)
        buckets["bronze"].refuse_deletion(
            break_glass=principal_arns(self, settings.people.break_glass),
            erasers=[self.arns.role(self.naming.resource(ERASER))] if settings.people.erasers else [],
            deployment=deployment_role(self),
        )
        for feature in features:
            feature.store(self, buckets, foundation)
        for component in buckets.values():
            if component.resource.replication_configuration is None:
                keep_in_one_region(component.bucket)

    def _bucket(self, role: str, foundation: FoundationResources) -> LakeBucket:
        construct_id = role.title().replace("-", "")
        component = LakeBucket(
            self,
            construct_id,
            name=self.naming.bucket(role),
            key=foundation.keys[LAYER_OF_BUCKET[role]],
            access_logs=foundation.access_logs,
            lifecycle=lifecycle(role, self.settings.storage, self._expiring.get(role, {})),
            object_lock_days=self.settings.storage.object_lock_days if role == "bronze" else None,
        )
        ssm.CfnParameter(
            self,
            f"{construct_id}Name",
            name=self.naming.parameter("storage", role, "bucket-name"),
            type="String",
            value=self.naming.bucket(role),
            description=f"Name of the {role} bucket",
        )
        return component

    def _warn_of_locks(self, lock_days: int | None) -> None:
        """Tell of promises to forget that Object Lock breaks: a locked version outlives its expiry.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
        """
        for prefix, days in self._expiries.items():
            if lock_days is not None and days < lock_days:
                cdk.Annotations.of(self).add_warning_v2(
                    f"lake:{prefix}retention",
                    f"{prefix}: retention of {days} days, but Object Lock holds its objects for {lock_days}: "
                    "they are hidden after the first and deleted after the second; fix: promise as much as "
                    "the lock holds, or lower storage.object_lock_days",
                )


def lifecycle(role: str, storage: StorageSettings, expiries: Mapping[str, int]) -> list[s3.LifecycleRule]:
    """Lifecycle rules of one bucket.

    Data moves to cheaper classes and stays; only landing leftovers, query results, replaced versions and what
    lies below a prefix of `expiries` expire. Iceberg deletes files by itself, so its layers move to
    Infrequent Access but never to Glacier. Where rules meet, expiry goes before a move:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-conflicts.html
    """
    tidy = s3.LifecycleRule(
        id="Tidy",
        abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
        noncurrent_version_expiration=cdk.Duration.days(storage.noncurrent_days),
    )
    expiry = {"landing": storage.landing_expiry_days, "query-results": storage.query_results_expiry_days}
    if role in expiry:
        return [tidy, s3.LifecycleRule(id="Expire", expiration=cdk.Duration.days(expiry[role]))]
    transitions = [_to(s3.StorageClass.INFREQUENT_ACCESS, storage.infrequent_access_days)]
    if role == "bronze":
        transitions.append(_to(s3.StorageClass.GLACIER_INSTANT_RETRIEVAL, storage.glacier_days))
    expire = [
        s3.LifecycleRule(
            id=f"Expire-{prefix.removesuffix('/')}", prefix=prefix, expiration=cdk.Duration.days(days)
        )
        for prefix, days in expiries.items()
    ]
    return [tidy, s3.LifecycleRule(id="Cool", transitions=transitions), *expire]


def _to(storage_class: s3.StorageClass, days: int) -> s3.Transition:
    return s3.Transition(storage_class=storage_class, transition_after=cdk.Duration.days(days))
