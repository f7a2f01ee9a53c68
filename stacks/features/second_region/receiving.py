"""The side that holds the copy: its keys are used for it, and it tells when the copy comes late."""

from aws_cdk import aws_iam as iam
from constructs import Construct

from lakehouse.model.dataset import Layer
from stacks.components.monitoring.alarms import alarm
from stacks.components.storage.key_policy import CALLER, deployment_role, statement, use
from stacks.features.second_region.pair import REPLICATED, Pair
from stacks.features.second_region.settings import ReceiveSettings
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

_SECONDS = 300


def open_keys(stack: LakeStack, pair: Pair, foundation: FoundationResources) -> None:
    """Let the role that replicates from there encrypt copies, each for the bucket that it is for.

    With a bucket key S3 decrypts what it has got before it uses it:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html#bucket-key-replication
    """
    caller = [stack.arns.role(pair.role_there)]
    for layer in REPLICATED:
        context = {"aws:s3:arn": [stack.arns.bucket(layer)]}
        copies = use(stack, "Copies", caller, ["s3"], actions=("Encrypt", "Decrypt"), context=context)
        foundation.keys[layer].add_to_resource_policy(copies)


def take_masking_keys(stack: LakeStack, pair: Pair, foundation: FoundationResources) -> None:
    """Let the deployment of the other region encrypt the replicas of its keys of masking.

    Of which of the two regions Secrets Manager is when it asks is not documented, so it may be either.
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicateSecretToRegions.html
    """
    regions = (pair.here.region, pair.there.region)
    conditions = {
        "StringEquals": {"kms:ViaService": [f"secretsmanager.{each}.amazonaws.com" for each in regions]},
        "ArnLike": {CALLER: [deployment_role(stack).replace(pair.here.region, pair.there.region)]},
    }
    replica = statement(
        "ReplicasOfMaskingKeys",
        iam.AccountPrincipal(stack.account),
        conditions,
        "Encrypt",
        "GenerateDataKey",
    )
    foundation.keys[Layer.SILVER].add_to_resource_policy(replica)


def watch(stack: LakeStack, pair: Pair, settings: ReceiveSettings, foundation: FoundationResources) -> None:
    """Tell when the copy is behind by more than settings allow; S3 measures both where the copy is.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
    """
    scope = Construct(stack, "CopyAlarms")
    for metric, name, threshold, what in (
        (
            "ReplicationLatency",
            "replication-late",
            settings.latency_minutes * 60,
            f"is more than {settings.latency_minutes} minutes behind",
        ),
        (
            "BytesPendingReplication",
            "replication-pending",
            settings.pending_mebibytes * 2**20,
            f"misses more than {settings.pending_mebibytes} MiB",
        ),
    ):
        for layer in REPLICATED:
            source = pair.there.bucket(layer)
            alarm(
                scope,
                f"{layer.title()}{metric}",
                name=stack.naming.resource(layer, name),
                description=(
                    f"The copy of {source} {what}: what is not here yet is lost with the other region"
                ),
                runbook=name,
                namespace="AWS/S3",
                metric=metric,
                dimensions=pair.dimensions(layer, sends=False),
                statistic="Maximum",
                period_seconds=_SECONDS,
                periods=3,
                threshold=threshold,
                topic=foundation.alarm_topic,
            )
