"""Functions and jobs inside of a VPC reach services by its endpoints alone, as their policies allow.

ministack 1.5.33 keeps VPCs, subnets, endpoints and their policies, and sends every request past them. Here a
request with the credentials of a function that has subnets, or of a job that has a connection, comes by the
endpoint that its VPC has for the service: one with private DNS, or a gateway in the subnet's route table. It
tells `aws:SourceVpce` and `aws:SourceVpc`, and the endpoint's policy has to allow it. Where there is none,
it is refused, as it would wait until it fails on AWS without a way to the internet:
https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html

Proven by `tests/local/patches/ec2/test_vpc_endpoints.py`. Not emulated: packets, security groups, network
ACLs, and NAT and internet gateways, so a VPC that has one is as closed here as one that has none; of the
answers of custom resources to CloudFormation nothing is asked.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ministack.core.responses import get_region
from ministack.services import ec2, glue, lambda_svc

from local.patches.iam import origin
from local.patches.iam.origin import Session, Way
from local.patches.iam.roles import RUNS

_OTHERS = {"cloudwatch": "monitoring", "firehose": "kinesis-firehose", "kinesis": "kinesis-streams"}
"""Last part of an endpoint's service name, where it is not the prefix of the service's actions:
https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html"""

_OPEN: Mapping[str, Any] = {
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]
}
"""Policy of an endpoint that was given none."""


def apply() -> None:
    """Tell IAM by which endpoints requests come."""
    origin.WAYS.append(_way)


def _way(session: Session, action: str) -> Way | None:
    runs = str(session.get(RUNS, ""))
    subnet = ec2._subnets.get(_subnet(runs))
    if subnet is None:
        return None
    prefix = action.partition(":")[0]
    service = f"com.amazonaws.{get_region()}.{_OTHERS.get(prefix, prefix)}"
    endpoint = next(_endpoints(subnet, service), None)
    if endpoint is None:
        return Way(
            refusal=f"{runs} is in {subnet['VpcId']}, which has no endpoint of {service}: on AWS {action} "
            "would wait for an answer until it fails"
        )
    keys = {"aws:sourcevpce": endpoint["VpcEndpointId"], "aws:sourcevpc": subnet["VpcId"]}
    return Way(keys, endpoint.get("PolicyDocument") or _OPEN)


def _subnet(arn: str) -> str:
    """The first subnet of a function or job; empty where it has none."""
    name = arn.rpartition("/")[2] if ":job/" in arn else "".join(arn.split(":")[6:7])
    if ":function:" in arn:
        record = lambda_svc._functions.get(name) or {}
        subnets = record.get("config", {}).get("VpcConfig", {}).get("SubnetIds") or [""]
        return str(subnets[0])
    connections = (glue._jobs.get(name) or {}).get("Connections", {}).get("Connections") or [""]
    placed = (glue._connections.get(connections[0]) or {}).get("PhysicalConnectionRequirements", {})
    return str(placed.get("SubnetId", ""))


def _endpoints(subnet: Mapping[str, Any], service: str) -> Iterator[Mapping[str, Any]]:
    for endpoint in ec2._vpc_endpoints.values():
        if (endpoint["VpcId"], endpoint["ServiceName"]) != (subnet["VpcId"], service):
            continue
        if endpoint["VpcEndpointType"] == "Gateway":
            if set(endpoint["RouteTableIds"]) & set(_route_tables(subnet)):
                yield endpoint
        elif endpoint.get("PrivateDnsEnabled"):
            yield endpoint


def _route_tables(subnet: Mapping[str, Any]) -> list[str]:
    """The route table of a subnet: its own, or else the main one of the VPC."""
    tables = [each for each in ec2._route_tables.values() if each["VpcId"] == subnet["VpcId"]]
    own = [
        table["RouteTableId"]
        for table in tables
        for association in table["Associations"]
        if association.get("SubnetId") == subnet["SubnetId"]
    ]
    main = [
        table["RouteTableId"]
        for table in tables
        for association in table["Associations"]
        if association.get("Main")
    ]
    return own or main
