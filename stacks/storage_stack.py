"""The medallion buckets."""

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from config.settings import Settings, StorageSettings
from lakehouse.model import Layer
from stacks.components.lake_bucket import LakeBucket
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources, StorageResources

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
    """Buckets that never expire data unless a setting says so."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        foundation: FoundationResources,
    ) -> None:
        """Build a bucket per role."""
        super().__init__(scope, construct_id, settings=settings, description="Buckets of the lake")
        buckets = {role: self._bucket(role, foundation) for role in LAYER_OF_BUCKET}
        buckets["landing"].publish_events()
        buckets["bronze"].refuse_deletion()
        self.resources = StorageResources(
            buckets={role: component.bucket for role, component in buckets.items()}
        )

    def _bucket(self, role: str, foundation: FoundationResources) -> LakeBucket:
        construct_id = role.title().replace("-", "")
        component = LakeBucket(
            self,
            construct_id,
            name=self.naming.bucket(role),
            key=foundation.keys[LAYER_OF_BUCKET[role]],
            access_logs=foundation.access_logs,
            lifecycle=lifecycle(role, self.settings.storage),
            object_lock_days=self.settings.storage.object_lock_days if role == "bronze" else None,
            removal=self.data_removal,
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


def lifecycle(role: str, storage: StorageSettings) -> list[s3.LifecycleRule]:
    """Lifecycle rules of one bucket.

    Data moves to cheaper classes and stays; only landing leftovers, query results and replaced versions
    expire. Iceberg deletes files by itself, so its layers move to Infrequent Access but never to Glacier.
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
    return [tidy, s3.LifecycleRule(id="Cool", transitions=transitions)]


def _to(storage_class: s3.StorageClass, days: int) -> s3.Transition:
    return s3.Transition(storage_class=storage_class, transition_after=cdk.Duration.days(days))
