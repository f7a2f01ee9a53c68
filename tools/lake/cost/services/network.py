"""Endpoints of a VPC and its flow logs."""

from collections.abc import Iterator

from tools.assembly.assembly import Resource
from tools.lake.cost.charges import HOURS, Charge, always, in_use
from tools.lake.cost.subject import LAKE, Subject


def endpoint(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """An interface endpoint by the hour in each of its subnets, and what goes through; a gateway is free.

    https://aws.amazon.com/privatelink/pricing/
    """
    if resource.properties.get("VpcEndpointType") == "Interface":
        yield Charge("endpoint_hour", always(HOURS * len(resource.properties["SubnetIds"])), LAKE)
        _, low, high = subject.assumed("endpoint_gb")
        yield Charge("endpoint_gb", in_use(low, high), LAKE)


def flow_log(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """Flow logs in CloudWatch Logs, for as long as their group keeps them.

    https://aws.amazon.com/cloudwatch/pricing/ (vended logs)
    """
    _, low, high = subject.assumed("flow_log_gb")
    written = in_use(low, high)
    yield Charge("vended_logs_gb", written, LAKE)
    group = subject.assembly.named("AWS::Logs::LogGroup", str(resource.properties.get("LogGroupName")))
    days = group.properties.get("RetentionInDays", 0) if group else 0
    yield Charge("logs_gb_month", written * (float(days) / 30), LAKE)


RULES = {"AWS::EC2::FlowLog": flow_log, "AWS::EC2::VPCEndpoint": endpoint}
