"""What must be so before a record is sent: what is deployed, who is told, what the account allows."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from lakehouse.model.dataset import Dataset, Layer
from lakehouse.placement.parts import PLATFORM_STACKS, parts, stack_id
from stacks.features.registry import features, switched_on
from tools.ops.target import Target
from tools.smoke.step import Step, failed, guarded, not_asked, ok

_QUALIFIER = "hnb659fds"
"""https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html"""

_HEALTHY = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "IMPORT_COMPLETE")
_POLLERS = 2
"""Least that Lambda takes for the concurrency of a queue.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
"""


def preflight(target: Target, root: Path) -> list[Step]:
    """Look at everything without which a record would be sent in vain."""
    steps = [*guarded("bootstrap", _bootstrap, target, root), *_stacks(target)]
    for domain in target.lake.domains:
        steps += guarded(f"tables {domain}", _tables, target, domain)
    return steps


def advice(target: Target) -> list[Step]:
    """Look at what the lake can run without, and people should know of."""
    return [
        *guarded("subscriptions", _subscriptions, target),
        *guarded("quota Lambda", _concurrency, target),
        *guarded("quota Kinesis", _streams, target),
    ]


def _bootstrap(target: Target, root: Path) -> Iterator[Step]:
    settings = root / "cdk.json"
    context = json.loads(settings.read_text()).get("context", {}) if settings.exists() else {}
    name = f"/cdk-bootstrap/{context.get('@aws-cdk/core:bootstrapQualifier', _QUALIFIER)}/version"
    try:
        version = target.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    except target.client("ssm").exceptions.ParameterNotFound:
        yield failed("bootstrap", f"there is no parameter {name}")
    else:
        yield ok("bootstrap", f"version {version}")


def _stacks(target: Target) -> list[Step]:
    ids = [
        *PLATFORM_STACKS,
        *(stack for name in switched_on(target.settings.features) for stack in features()[name].stacks),
    ]
    ids += [stack_id(domain, part) for domain in target.lake.domains for part in parts(target.lake, domain)]
    client = target.client("cloudformation")
    names = [target.settings.naming.stack(each) for each in ids]
    return [step for name in names for step in guarded(f"stack {name}", _stack, client, name)]


def _stack(cloudformation: Any, name: str) -> Iterator[Step]:
    try:
        [found] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        yield failed(f"stack {name}", "missing")
        return
    status = found["StackStatus"]
    if status in _HEALTHY:
        yield ok(f"stack {name}", status)
    else:
        yield failed(f"stack {name}", f"{status}; {_first_fault(cloudformation, name)}")


def _first_fault(cloudformation: Any, name: str) -> str:
    """What the oldest resource that failed in the last deployment told."""
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=name)
    faults = [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', event['ResourceStatus'])}"
        for page in pages
        for event in page["StackEvents"]
        if event["ResourceStatus"].endswith("_FAILED")
    ]
    return faults[-1] if faults else "no resource tells why"


def _tables(target: Target, domain: str) -> Iterator[Step]:
    """Compare the catalog with the contracts."""
    missing = []
    for layer in Layer:
        wanted = {each.name for each in target.lake.of_domain(domain) if layer in layers(each)}
        database = target.settings.naming.database(layer, domain)
        missing += [f"{database}.{name}" for name in sorted(wanted - _tables_of(target, database))]
    name = f"tables {domain}"
    yield failed(name, f"missing {', '.join(missing)}") if missing else ok(name, "one for each contract")


def layers(dataset: Dataset) -> tuple[Layer, ...]:
    """Return the layers in which a dataset has a table."""
    return (Layer.BRONZE, Layer.QUARANTINE, Layer.SILVER) if dataset.ingestion else (Layer.GOLD,)


def _tables_of(target: Target, database: str) -> set[str]:
    glue = target.client("glue")
    pages = glue.get_paginator("get_tables").paginate(DatabaseName=database)
    try:
        return {table["Name"] for page in pages for table in page["TableList"]}
    except glue.exceptions.EntityNotFoundException:
        return set()


def _subscriptions(target: Target) -> Iterator[Step]:
    """Compare who is told of alarms with the settings."""
    naming, wanted = target.settings.naming, set(target.settings.alarms.emails)
    partition = target.session.get_partition_for_region(naming.region)
    topic = f"arn:{partition}:sns:{naming.region}:{naming.account}:{naming.resource('alarms')}"
    pages = target.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    found = [one for page in pages for one in page["Subscriptions"]]
    open_ = sorted(one["Endpoint"] for one in found if _is_open(target, one["SubscriptionArn"]))
    missing = sorted(wanted - {one["Endpoint"] for one in found})
    if open_ or missing:
        yield failed("subscriptions", f"not confirmed: {', '.join(open_ + missing)}")
    elif found:
        yield ok("subscriptions", f"{len(found)} told of alarms")
    else:
        yield ok("subscriptions", "nobody is told of alarms: `alarms.emails` is empty")


def _is_open(target: Target, subscription: str) -> bool:
    """Whether nobody has followed the link in the mail; on AWS, a subscription has no ARN until then."""
    if not subscription.startswith("arn:"):
        return True
    found = target.client("sns").get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]
    return bool(found.get("PendingConfirmation") == "true")


def _concurrency(target: Target) -> Iterator[Step]:
    """Compare what functions reserve, and what reads the landing queue, with the account's limit."""
    client = target.client("lambda")
    limit = client.get_account_settings()["AccountLimit"]
    total, free = limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]
    router = target.settings.naming.resource("landing_router")
    sources = client.list_event_source_mappings(FunctionName=router)["EventSourceMappings"]
    wanted = sum(each.get("ScalingConfig", {}).get("MaximumConcurrency", _POLLERS) for each in sources)
    found = f"{total} at once in this account, {free} of them not reserved; the router may take {wanted}"
    yield ok("quota Lambda", found) if free >= wanted else failed("quota Lambda", found)


def _streams(target: Target) -> Iterator[Step]:
    limits = target.client("kinesis").describe_limits()
    used, most = limits.get("OnDemandStreamCount"), limits.get("OnDemandStreamCountLimit")
    if used is None or most is None:
        yield not_asked("quota Kinesis", "this AWS tells no limit")
        return
    shards = f"{limits['OpenShardCount']} of {limits['ShardLimit']} shards"
    yield ok("quota Kinesis", f"{used} of {most} streams on demand, {shards} in use")
