"""The state of what carries records: it may be switched off, or be gone, though its stack is well."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from botocore.exceptions import ClientError

from lakehouse.layout.streams import stream_name
from lakehouse.model.dataset import Dataset, Layer, Mode
from tools.ops.pipelines import machine_arn
from tools.ops.target import Target
from tools.smoke.step import Step, code_of, failed, guarded, ok

_GONE = (
    "ResourceNotFoundException",
    "StateMachineDoesNotExist",
    "InvalidRequestException",
    "NotFoundException",
)

_State = Callable[[], str]
"""Asks for a state, and returns what is wrong with it; empty if it is well."""


def resources(target: Target, datasets: Iterable[Dataset]) -> list[Step]:
    """Look at keys, at what the datasets come in by, at their pipelines, and at work groups."""
    datasets = list(datasets)
    naming = target.settings.naming
    modes = {each.ingestion.mode for each in datasets if each.ingestion}
    streams = {
        stream_name(each, naming)
        for each in datasets
        if each.ingestion and each.ingestion.mode is Mode.STREAM
    }
    aliases = [naming.resource(each) for each in (*Layer, "logs")]
    groups = [naming.resource(persona) for persona in target.settings.analytics.scan_limit_gib]
    looks: list[tuple[str, _State]] = [
        *((f"key {alias}", partial(_key, target, alias)) for alias in aliases),
        *((f"resource Firehose {name}", partial(_firehose, target, name)) for name in sorted(streams)),
        *(_landing(target) if Mode.FILES in modes else ()),
        *(
            (f"resource pipeline {domain}", partial(_pipeline, target, domain))
            for domain in sorted({each.domain for each in datasets})
        ),
        *((f"resource work group {group}", partial(_work_group, target, group)) for group in groups),
    ]
    return [step for name, state in looks for step in guarded(name, _judge, name, state)]


def _judge(name: str, state: _State) -> Iterator[Step]:
    try:
        fault = state()
    except ClientError as error:
        if code_of(error) not in _GONE:
            raise
        fault = f"missing: {error}"
    yield failed(name, fault) if fault else ok(name)


def _key(target: Target, alias: str) -> str:
    found = target.client("kms").describe_key(KeyId=f"alias/{alias}")["KeyMetadata"]["KeyState"]
    return "" if found == "Enabled" else str(found)


def _firehose(target: Target, name: str) -> str:
    described = target.client("firehose").describe_delivery_stream(DeliveryStreamName=name)
    found = described["DeliveryStreamDescription"]["DeliveryStreamStatus"]
    return "" if found == "ACTIVE" else str(found)


def _landing(target: Target) -> Iterator[tuple[str, _State]]:
    """Landing bucket, the rule that hears of its objects, and what reads the queue."""
    naming = target.settings.naming

    def events() -> str:
        bucket = naming.bucket("landing")
        found = target.client("s3").get_bucket_notification_configuration(Bucket=bucket)
        return "" if "EventBridgeConfiguration" in found else f"{bucket} tells EventBridge nothing"

    def rule() -> str:
        found = target.client("events").describe_rule(Name=naming.resource("landing"))["State"]
        return "" if found.startswith("ENABLED") else str(found)

    def reader() -> str:
        router = naming.resource("landing_router")
        found = target.client("lambda").list_event_source_mappings(FunctionName=router)
        states = [each["State"] for each in found["EventSourceMappings"]]
        if not states:
            return "no event source"
        return ", ".join(state for state in states if state != "Enabled")

    yield "resource landing events", events
    yield f"resource rule {naming.resource('landing')}", rule
    yield "resource landing queue", reader


def _pipeline(target: Target, domain: str) -> str:
    arn = machine_arn(target, domain)
    found = target.client("stepfunctions").describe_state_machine(stateMachineArn=arn)["status"]
    return "" if found == "ACTIVE" else str(found)


def _work_group(target: Target, name: str) -> str:
    found = target.client("athena").get_work_group(WorkGroup=name)["WorkGroup"]["State"]
    return "" if found == "ENABLED" else f"the work group {name} is disabled"
