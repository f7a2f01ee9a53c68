"""By which endpoints of a VPC roles reach AWS's services, where what runs with them is inside of one."""

from collections.abc import Iterator, Mapping

from tools.assembly.assembly import Assembly, Resource

Endpoints = Mapping[str, str]
"""Ids by the last part of the name of the endpoint's service, such as `s3`."""


def endpoints_by_role(assembly: Assembly) -> dict[str, Endpoints | None]:
    """Return the endpoints of each role, by its ARN, with which a function or job runs inside of a VPC.

    Those of a VPC that the templates do not make are not known: None.
    """
    subnets = {_id(each): str(each.properties["VpcId"]) for each in assembly.of("AWS::EC2::Subnet")}
    return {
        role: _endpoints(assembly, subnets[subnet]) if subnet in subnets else None
        for role, subnet in _inside(assembly)
    }


def _inside(assembly: Assembly) -> Iterator[tuple[str, str]]:
    """Yield roles, each with a subnet of what runs with it."""
    for function in assembly.of("AWS::Lambda::Function"):
        for subnet in function.properties.get("VpcConfig", {}).get("SubnetIds", ())[:1]:
            yield str(function.properties["Role"]), str(subnet)
    connections = {
        each["ConnectionInput"]["Name"]: each["ConnectionInput"].get("PhysicalConnectionRequirements", {})
        for each in (connection.properties for connection in assembly.of("AWS::Glue::Connection"))
    }
    for job in assembly.of("AWS::Glue::Job"):
        for name in job.properties.get("Connections", {}).get("Connections", ())[:1]:
            yield str(job.properties["Role"]), str(connections.get(name, {}).get("SubnetId"))


def _endpoints(assembly: Assembly, vpc: str) -> Endpoints:
    return {
        str(each.properties["ServiceName"]).rpartition(".")[2]: _id(each)
        for each in assembly.of("AWS::EC2::VPCEndpoint")
        if each.properties["VpcId"] == vpc
    }


def _id(resource: Resource) -> str:
    """The id that only AWS knows, as other resources name it."""
    attribute = {"AWS::EC2::Subnet": "SubnetId", "AWS::EC2::VPCEndpoint": "Id"}[resource.kind]
    return f"<{resource.stack.id}.{resource.id}.{attribute}>"
