"""The side whose objects S3 replicates: rules of its buckets, their role, and its keys of masking.

S3 replicates what comes after the rule; https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html
"""

from collections.abc import Mapping

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from lakehouse.model.dataset import Layer
from stacks.components.access.statements import Arns, allow, service_role
from stacks.components.monitoring.alarms import alarm
from stacks.components.storage.key_policy import CONTEXT
from stacks.components.storage.lake_bucket import LakeBucket
from stacks.features.second_region.pair import REPLICATED, RULE, Pair, role_name
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

_PROMISED_MINUTES = 15
"""The only time that Replication Time Control takes:
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ReplicationTimeValue.html"""

_ANY_KEY = "S3 writes objects under the names that they have here"
_UNKNOWN_KEY = "the id of the key there is not known here: its alias is, which the condition names"


def give_masking_keys(pair: Pair, foundation: FoundationResources) -> None:
    """Keep replicas of the keys of masking there, under the key of the layer that they are used for.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
    """
    replica = secretsmanager.CfnSecret.ReplicaRegionProperty(
        region=pair.there.region, kms_key_id=pair.key_alias(Layer.SILVER)
    )
    for each in (foundation.masking_secret, foundation.token_secret):
        secret = each.node.default_child
        if not isinstance(secret, secretsmanager.CfnSecret):
            raise TypeError(f"got {type(secret).__name__}; allowed: CfnSecret")
        secret.replica_regions = [replica]


def replicate(
    stack: LakeStack,
    pair: Pair,
    buckets: Mapping[str, LakeBucket],
    foundation: FoundationResources,
    *,
    time_control: bool,
) -> None:
    """Replicate what cannot be made again, and tell of what S3 could not replicate."""
    locked = stack.settings.storage.object_lock_days is not None
    scope = Construct(stack, "SecondRegion")
    role = _role(scope, stack, pair, foundation, locked=locked)
    for layer in REPLICATED:
        resource = buckets[layer].resource
        resource.replication_configuration = s3.CfnBucket.ReplicationConfigurationProperty(
            role=role.role_arn, rules=[_rule(stack, pair, layer, time_control=time_control)]
        )
        # S3 tries once with the rights that it finds, and what failed is not tried again.
        resource.node.add_dependency(role)
        _alarm(scope, stack, pair, layer, foundation)


def _rule(
    stack: LakeStack, pair: Pair, layer: Layer, *, time_control: bool
) -> s3.CfnBucket.ReplicationRuleProperty:
    """The rule of a bucket.

    Deletions are not replicated: people alone delete here, and what they did by mistake is there still. What
    has to be gone is deleted in both; retention hides objects in both by itself.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-marker-replication.html
    """
    of = s3.CfnBucket
    promised = of.ReplicationTimeValueProperty(minutes=_PROMISED_MINUTES)
    there = Arns(pair.there, stack.partition)
    key = f"arn:{stack.partition}:kms:{pair.there.region}:{stack.account}:{pair.key_alias(layer)}"
    return of.ReplicationRuleProperty(
        id=RULE,
        priority=0,
        status="Enabled",
        filter=of.ReplicationRuleFilterProperty(prefix=REPLICATED[layer]),
        delete_marker_replication=of.DeleteMarkerReplicationProperty(status="Disabled"),
        # Or S3 would leave out all that is under a key, which is everything.
        source_selection_criteria=of.SourceSelectionCriteriaProperty(
            sse_kms_encrypted_objects=of.SseKmsEncryptedObjectsProperty(status="Enabled")
        ),
        destination=of.ReplicationDestinationProperty(
            bucket=there.bucket(layer),
            encryption_configuration=of.EncryptionConfigurationProperty(replica_kms_key_id=key),
            metrics=of.MetricsProperty(status="Enabled", event_threshold=promised if time_control else None),
            replication_time=of.ReplicationTimeProperty(status="Enabled", time=promised)
            if time_control
            else None,
        ),
    )


def _role(
    scope: Construct, stack: LakeStack, pair: Pair, foundation: FoundationResources, *, locked: bool
) -> iam.Role:
    """The role that S3 assumes; it sends no source of which a trust policy could ask.

    - https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
    - https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
    """
    role = service_role(
        scope,
        "Role",
        "s3.amazonaws.com",
        "Lets S3 replicate what arrived into the second region",
        name=role_name(pair.here),
    )
    here, there = stack.arns, Arns(pair.there, stack.partition)
    allow(
        role, ["s3:GetReplicationConfiguration", "s3:ListBucket"], [here.bucket(each) for each in REPLICATED]
    )
    reads = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
    reads += ["s3:GetObjectRetention", "s3:GetObjectLegalHold"] if locked else []
    sources, copies = (
        [arns.objects(layer, prefix) for layer, prefix in REPLICATED.items()] for arns in (here, there)
    )
    allow(role, reads, sources, why_wildcard=_ANY_KEY)
    allow(role, ["s3:ReplicateObject", "s3:ReplicateTags"], copies, why_wildcard=_ANY_KEY)
    for layer in REPLICATED:
        key = foundation.keys[layer].key_arn
        allow(role, ["kms:Decrypt"], [key], conditions=_through_s3(pair.here.region, here.bucket(layer)))
        # With a bucket key S3 decrypts what it has got before it uses it:
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html#bucket-key-replication
        allow(
            role,
            ["kms:Encrypt", "kms:Decrypt"],
            [f"arn:{stack.partition}:kms:{pair.there.region}:{stack.account}:key/*"],
            why_wildcard=_UNKNOWN_KEY,
            conditions={
                **_through_s3(pair.there.region, there.bucket(layer)),
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": pair.key_alias(layer)},
            },
        )
    return role


def _through_s3(region: str, bucket_arn: str) -> dict[str, object]:
    """Condition on S3 as who asks for a key, for a bucket that has a bucket key.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html#bk-replication
    """
    context = {"kms:ViaService": f"s3.{region}.amazonaws.com", f"{CONTEXT}:aws:s3:arn": bucket_arn}
    return {"StringEquals": context}


def _alarm(
    scope: Construct, stack: LakeStack, pair: Pair, layer: Layer, foundation: FoundationResources
) -> None:
    """Tell of failures, which this region knows; how late copies are, only the other one does.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
    """
    alarm(
        scope,
        f"{layer.title()}Failed",
        name=stack.naming.resource(layer, "replication-failed"),
        description=(
            f"S3 could not replicate objects of {pair.here.bucket(layer)} to {pair.there.bucket(layer)}, and "
            "does not try again by itself"
        ),
        runbook="replication-failed",
        namespace="AWS/S3",
        metric="OperationsFailedReplication",
        dimensions=pair.dimensions(layer, sends=True),
        statistic="Sum",
        period_seconds=300,
        threshold=0,
        topic=foundation.alarm_topic,
    )
