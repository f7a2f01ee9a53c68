"""Settings of the feature `network`."""

from ipaddress import IPv4Network, ip_network
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from config.section import Section
from config.settings import Principal

Endpoint = Annotated[str, Field(pattern=r"^vpce-[0-9a-f]+$")]

_PREFIXES = range(16, 25)
"""Of the range of a new VPC, which AWS lets be from /16 to /28; each subnet gets at least 64 addresses, and a
job takes one for each worker: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html"""


class NewNetwork(Section):
    """A VPC of the lake's own."""

    cidr: str
    """Its range of private IPv4 addresses, from /16 to /24, such as `10.80.0.0/20`: one that no network uses
    to which it may be connected one day. Its subnets share it evenly."""
    availability_zones: Annotated[int, Field(ge=1, le=3)]
    """Availability zones with a subnet; AWS bills each interface endpoint in each of them by the hour."""
    flow_log_days: Annotated[int, Field(ge=1)]
    """Days that CloudWatch Logs keeps the flow logs, one of the numbers that it takes, such as 30 or 90."""
    s3_prefix_list: Annotated[str, Field(pattern=r"^pl-[0-9a-f]+$")] | None
    """AWS's list of S3's addresses in the region, to which security groups let port 443 out; `aws ec2
    describe-managed-prefix-lists` tells it. Null: they let it out to any address, and no route leads to one
    but those of S3 and of the endpoints."""

    @field_validator("cidr")
    @classmethod
    def _private(cls, cidr: str) -> str:
        allowed = f"a range of private addresses from /{_PREFIXES[0]} to /{_PREFIXES[-1]}"
        try:
            network = ip_network(cidr)
        except ValueError as error:
            raise ValueError(f"{allowed}: {error}") from error
        if not isinstance(network, IPv4Network) or not network.is_private:
            raise ValueError(allowed)
        if network.prefixlen not in _PREFIXES:
            raise ValueError(allowed)
        return cidr


class ExistingNetwork(Section):
    """A VPC that is there, with its routes and flow logs; its owner keeps them."""

    vpc_id: Annotated[str, Field(pattern=r"^vpc-[0-9a-f]+$")]
    """The VPC; it has DNS support and DNS host names."""
    subnets: Annotated[
        dict[Annotated[str, Field(pattern=r"^subnet-[0-9a-f]+$")], Annotated[str, Field(min_length=1)]],
        Field(min_length=1, max_length=16),
    ]
    """Its private subnets for the lake, each with its availability zone, as `subnet-0a1: eu-central-1a`: 16
    at most, as Lambda takes them: https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html"""
    security_group_ids: Annotated[
        tuple[Annotated[str, Field(pattern=r"^sg-[0-9a-f]+$")], ...], Field(min_length=1, max_length=5)
    ]
    """Security groups of functions, jobs and new endpoints: they let port 443 out to endpoints and to S3, and
    one of them lets its members reach each other on all TCP ports, as Glue demands."""
    s3_endpoint: Endpoint
    """The gateway endpoint of S3 in the route tables of those subnets."""
    endpoints: tuple[Annotated[str, Field(pattern=r"^[a-z0-9.-]+$")], ...]
    """Services that have an interface endpoint with private DNS there, as `lambda` in
    `com.amazonaws.eu-central-1.lambda`; the others that the lake needs are made."""


class OutsideAccess(Section):
    """From where else, and as whom, objects of the lake may be read and written."""

    cidrs: tuple[str, ...]
    """Public IPv4 ranges, such as those of your offices, by which people download results."""
    vpc_endpoints: tuple[Endpoint, ...]
    """S3 endpoints of other VPCs, such as one with notebooks."""
    principals: tuple[Principal, ...]
    """Who may come from anywhere. `people.producers` put files into landing, and `people.smoke_testers` look
    into bronze and quarantine, without being named here."""

    @field_validator("cidrs")
    @classmethod
    def _public(cls, cidrs: tuple[str, ...]) -> tuple[str, ...]:
        for each in cidrs:
            network = ip_network(each)
            if not isinstance(network, IPv4Network) or network.is_private:
                raise ValueError(f"public IPv4 ranges: S3 never sees the private address of a caller: {each}")
        return cidrs


class NetworkSettings(Section):
    """Where functions and jobs run, and from where buckets can be reached."""

    new: NewNetwork | None
    """Null: `existing` says where."""
    existing: ExistingNetwork | None
    """Null: a VPC is made."""
    outside: OutsideAccess

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.new is None) == (self.existing is None):
            raise ValueError("one of new and existing, and null for the other")
        return self
