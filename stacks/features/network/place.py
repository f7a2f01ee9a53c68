"""The network that functions and jobs are put into: one that is made, or one that is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_network

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from stacks.features.network.flow_logs import log_flows
from stacks.features.network.settings import ExistingNetwork, NewNetwork
from stacks.lake_stack import LakeStack
from stacks.policies.acknowledgements import COMPLIANCE, acknowledge_compliance
from stacks.resources import FoundationResources

HTTPS = 443
_TCP = (0, 65535)
_ANYWHERE = "0.0.0.0/0"
_NOWHERE = "127.0.0.1/32"
"""Where a group lets traffic out that opens no connection: without a rule, EC2 lets all of it out."""


@dataclass(frozen=True)
class Place:
    """Where functions and jobs are put."""

    vpc_id: str
    subnets: Mapping[str, str]
    """Availability zone of each subnet, by the subnet's id."""
    functions: Sequence[str]
    """Security groups of functions."""
    jobs: Sequence[str]
    """Security groups of jobs, whose members reach each other."""
    endpoints: Sequence[str]
    """Security groups of interface endpoints."""
    route_tables: Sequence[str] = ()
    """Those that need a route to S3; none where there is one."""
    s3_endpoint: str = ""
    """The gateway endpoint of S3, if it is there."""


def existing_place(existing: ExistingNetwork) -> Place:
    """Return a network that is there."""
    groups = existing.security_group_ids
    return Place(existing.vpc_id, existing.subnets, groups, groups, groups, s3_endpoint=existing.s3_endpoint)


def new_place(stack: LakeStack, new: NewNetwork, foundation: FoundationResources) -> Place:
    """Make a VPC without a gateway to anywhere: private subnets, security groups, flow logs.

    Interface endpoints are found by the names that services have everywhere, which needs DNS in the VPC:
    https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html
    """
    vpc = ec2.CfnVPC(
        stack, "Vpc", cidr_block=new.cidr, enable_dns_support=True, enable_dns_hostnames=True,
        tags=[cdk.CfnTag(key="Name", value=stack.naming.prefix)],
    )  # fmt: skip
    acknowledge_compliance(
        vpc,
        "VPCDefaultSecurityGroupClosed",
        "nothing is in the default group, which lets in its own members alone; to close it takes a function "
        "that may change any group",
        packs=COMPLIANCE,
    )
    log_flows(stack, vpc, new.flow_log_days, foundation)
    subnets, tables = _subnets(stack, vpc, new)
    functions, jobs, endpoints = _groups(stack, vpc, new.s3_prefix_list)
    return Place(vpc.attr_vpc_id, subnets, [functions], [jobs], [endpoints], tables)


def _subnets(stack: LakeStack, vpc: ec2.CfnVPC, new: NewNetwork) -> tuple[dict[str, str], list[str]]:
    """Make a subnet and its route table in each availability zone; they share the range evenly."""
    ranges = ip_network(new.cidr).subnets((new.availability_zones - 1).bit_length())
    found, tables = {}, []
    for index, part in zip(range(new.availability_zones), ranges, strict=False):
        scope = Construct(stack, f"Zone{'ABC'[index]}")
        zone = cdk.Fn.select(index, cdk.Fn.get_azs())
        tags = [cdk.CfnTag(key="Name", value=stack.naming.resource("private", "abc"[index]))]
        subnet = ec2.CfnSubnet(
            scope, "Subnet", vpc_id=vpc.attr_vpc_id, cidr_block=str(part), availability_zone=zone,
            map_public_ip_on_launch=False, tags=tags,
        )  # fmt: skip
        table = ec2.CfnRouteTable(scope, "Routes", vpc_id=vpc.attr_vpc_id, tags=tags)
        ec2.CfnSubnetRouteTableAssociation(
            scope, "Association", subnet_id=subnet.attr_subnet_id, route_table_id=table.attr_route_table_id
        )
        found[subnet.attr_subnet_id] = zone
        tables.append(table.attr_route_table_id)
    return found, tables


def _groups(stack: LakeStack, vpc: ec2.CfnVPC, s3: str | None) -> tuple[str, str, str]:
    """Make the groups of functions, jobs and endpoints, which name each other.

    Glue demands that members of a job's group reach each other on all TCP ports:
    https://docs.aws.amazon.com/glue/latest/dg/setup-vpc-for-glue-access.html
    """
    to_s3 = ec2.CfnSecurityGroup.EgressProperty(
        ip_protocol="tcp",
        from_port=HTTPS,
        to_port=HTTPS,
        description="S3, by its gateway endpoint: no other route leads out of the network",
        **({"destination_prefix_list_id": s3} if s3 else {"cidr_ip": _ANYWHERE}),
    )
    nothing = ec2.CfnSecurityGroup.EgressProperty(
        ip_protocol="icmp", from_port=252, to_port=86, cidr_ip=_NOWHERE, description="Opens no connection"
    )
    functions = _group(stack, vpc, "Functions", "Lambda functions of the lake", to_s3)
    jobs = _group(stack, vpc, "Jobs", "Glue jobs of the lake", to_s3)
    endpoints = _group(stack, vpc, "Endpoints", "Interface endpoints of AWS services", nothing)
    for name, group in (("Functions", functions), ("Jobs", jobs)):
        _let(stack, f"{name}ToEndpoints", group, endpoints, (HTTPS, HTTPS))
    _let(stack, "JobsToJobs", jobs, jobs, _TCP)
    return functions, jobs, endpoints


def _group(
    stack: LakeStack,
    vpc: ec2.CfnVPC,
    name: str,
    description: str,
    egress: ec2.CfnSecurityGroup.EgressProperty,
) -> str:
    group = ec2.CfnSecurityGroup(
        stack, name, vpc_id=vpc.attr_vpc_id, group_description=description, security_group_egress=[egress]
    )
    return str(group.attr_group_id)


def _let(stack: LakeStack, name: str, source: str, target: str, ports: tuple[int, int]) -> None:
    """Let members of a group reach those of another one, which lets them in."""
    scope = Construct(stack, name)
    ec2.CfnSecurityGroupEgress(
        scope, "Out", group_id=source, destination_security_group_id=target, ip_protocol="tcp",
        from_port=ports[0], to_port=ports[1], description=name,
    )  # fmt: skip
    ec2.CfnSecurityGroupIngress(
        scope, "In", group_id=target, source_security_group_id=source, ip_protocol="tcp",
        from_port=ports[0], to_port=ports[1], description=name,
    )  # fmt: skip
