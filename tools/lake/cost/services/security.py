"""Security services, by what they look at; what they find costs nothing more than to keep it."""

import json
from collections.abc import Iterator

from tools.assembly.assembly import Resource
from tools.lake.cost.charges import Charge, always
from tools.lake.cost.subject import LAKE, Subject


def detector(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """GuardDuty, by the events that CloudTrail tells it, and by those of objects where it looks at them.

    https://aws.amazon.com/guardduty/pricing/
    """
    yield Charge("guardduty_event", subject.assumed("management_events_millions"), LAKE)
    on = {each["Name"] for each in resource.properties.get("Features", ()) if each["Status"] == "ENABLED"}
    if "S3_DATA_EVENTS" in on:
        yield Charge("guardduty_object_event", subject.assumed("object_events_millions"), LAKE)


def standard(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """A standard of Security Hub, by its checks.

    https://aws.amazon.com/security-hub/cspm/pricing/
    """
    yield Charge("security_check", subject.assumed("checks_per_standard"), LAKE)


def session(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """Macie, by the buckets that it watches; what it looks through is its jobs', which people start.

    https://aws.amazon.com/macie/pricing/
    """
    yield Charge("macie_bucket", always(len(list(subject.assembly.of("AWS::S3::Bucket")))), LAKE)


def graph(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """Detective, by what it takes in.

    https://aws.amazon.com/detective/pricing/
    """
    yield Charge("detective_gb", subject.assumed("detective_gb"), LAKE)


def recorder(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """AWS Config, by the changes that it notes.

    https://aws.amazon.com/config/pricing/
    """
    yield Charge("config_item", subject.assumed("configuration_items"), LAKE)


def pack(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """A conformance pack, by evaluations of its rules.

    https://aws.amazon.com/config/pricing/
    """
    rules = len(json.loads(resource.properties["TemplateBody"])["Resources"])
    yield Charge("config_evaluation", subject.assumed("evaluations_per_rule") * rules, LAKE)


RULES = {
    "AWS::Config::ConfigurationRecorder": recorder,
    "AWS::Config::ConformancePack": pack,
    "AWS::Detective::Graph": graph,
    "AWS::GuardDuty::Detector": detector,
    "AWS::Macie::Session": session,
    "AWS::SecurityHub::Standard": standard,
}
