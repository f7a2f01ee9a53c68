"""What is interrupted for a while although it stays, and what is switched off."""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from tools.assembly.assembly import Resource
from tools.upgrade.deployment import Deployment
from tools.upgrade.finding import Finding, Kind

_DOCUMENTED: Mapping[str, tuple[str, ...]] = {
    "AWS::AmazonMQ::Broker": ("Configuration", "HostInstanceType"),
    "AWS::DynamoDB::Table": ("AttributeDefinitions", "SSESpecification"),
    "AWS::EMR::Cluster": ("Instances",),
    "AWS::EMRServerless::Application": (
        "Architecture", "AutoStartConfiguration", "AutoStopConfiguration", "ImageConfiguration",
        "InitialCapacity", "MaximumCapacity", "NetworkConfiguration", "ReleaseLabel",
        "WorkerTypeSpecifications",
    ),
    "AWS::ElastiCache::ReplicationGroup": ("AuthToken", "NodeGroupConfiguration", "NumNodeGroups"),
    "AWS::LakeFormation::Resource": ("UseServiceLinkedRole",),
    "AWS::MWAA::Environment": (
        "AirflowConfigurationOptions", "DagS3Path", "EnvironmentClass", "ExecutionRoleArn",
        "LoggingConfiguration", "MaxWorkers", "MinWorkers", "PluginsS3ObjectVersion", "PluginsS3Path",
        "RequirementsS3ObjectVersion", "RequirementsS3Path", "Schedulers", "SourceBucketArn",
        "StartupScriptS3ObjectVersion", "StartupScriptS3Path", "WebserverAccessMode",
        "WeeklyMaintenanceWindowStart",
    ),
    "AWS::Neptune::DBInstance": ("DBInstanceClass",),
    "AWS::OpenSearchService::Domain": ("VPCOptions",),
    "AWS::RDS::DBCluster": ("Engine", "EngineVersion", "GlobalClusterIdentifier", "MasterUsername"),
    "AWS::RDS::DBInstance": (
        "AutoMinorVersionUpgrade", "AvailabilityZone", "BackupRetentionPeriod", "DBInstanceClass",
        "DBParameterGroupName", "Engine", "EngineVersion", "MultiAZ", "PreferredMaintenanceWindow",
        "StorageType",
    ),
}  # fmt: skip
"""Properties whose change AWS documents as *some interruptions*, of types that a lake may have.

By the page of each type as it was in September 2023; no schema tells it, and what came later is not known.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
"""

_DESTINATION = "DestinationConfiguration"
"""How properties of a delivery stream end of which it has one, by the service that it delivers to.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesisfirehose-deliverystream.html
"""


class _Switch(NamedTuple):
    """A property that stops what a resource does."""

    kind: str
    name: str
    off: str
    """Its value, as text, that does."""


_SWITCHES = (
    _Switch("AWS::CloudWatch::Alarm", "ActionsEnabled", "false"),
    _Switch("AWS::Events::Rule", "State", "disabled"),
    _Switch("AWS::Lambda::EventSourceMapping", "Enabled", "false"),
    _Switch("AWS::Lambda::Function", "ReservedConcurrentExecutions", "0"),
    _Switch("AWS::Pipes::Pipe", "DesiredState", "stopped"),
    _Switch("AWS::Scheduler::Schedule", "State", "disabled"),
)
"""Their pages are those of https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/."""


def interruptions(old: Deployment, new: Deployment, anew: Collection[str]) -> Iterator[Finding]:
    """Yield what is interrupted while it is updated, and what is switched off; `anew` are told of already."""
    for place in sorted({*old.resources} & {*new.resources} - {*anew}):
        before, after = old.resources[place], new.resources[place]
        if before.kind != after.kind:
            continue
        if changed := [*_interrupting(before, after)]:
            what = f"{after.kind}: {', '.join(changed)}"
            yield Finding(Kind.INTERRUPTED, place, what, "AWS documents some interruption while this changes")
        for switch in _SWITCHES:
            if switch.kind == after.kind and not _is_off(before, switch) and _is_off(after, switch):
                what = f"{after.kind}: {switch.name} is {after.properties[switch.name]}"
                yield Finding(Kind.INTERRUPTED, place, what, "what it did is done no more")


def _interrupting(before: Resource, after: Resource) -> Iterator[str]:
    for name in _DOCUMENTED.get(after.kind, ()):
        if before.properties.get(name) != after.properties.get(name):
            yield name
    if after.kind == "AWS::KinesisFirehose::DeliveryStream":
        yield from sorted(_destinations(after) - _destinations(before))


def _destinations(stream: Resource) -> set[str]:
    return {name for name in stream.properties if name.endswith(_DESTINATION)}


def _is_off(resource: Resource, switch: _Switch) -> bool:
    return str(resource.properties.get(switch.name, "")).lower() == switch.off
